"""Turns stories into mails of the last thirty days; the same for the same moment."""

import html
import random
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

from sandbox.demo import assets, automatic, mime
from sandbox.demo.story import OUR_DOMAIN, Letter, Story, read_all

SEED = 1894
DAYS = 30
LATEST = timedelta(minutes=4)
PROGRAMS = ("Thunderbird 140", "Apple Mail (2.3774)", "Outlook 16.0", "K-9 Mail 8", "")
QUOTED_BY = "On {date:%a, %d %b %Y at %H:%M}, {name} wrote:\n{quoted}"


@dataclass(frozen=True)
class DemoMail:
    """A mail as it goes over the wire, with its envelope."""

    date: datetime
    sender: str
    recipients: tuple[str, ...]
    content: bytes


def demo_mails(now: datetime, *, seed: int = SEED) -> list[DemoMail]:
    """Return all demo mails in order of their dates, the last of them before ``now``."""
    dice = random.Random(seed)  # noqa: S311 - the same mails again, no secret
    stories = [*read_all(), *automatic.stories(dice)]
    mails = []
    for story in stories:
        mails += Teller(story, now=now, dice=dice).mails()
    return sorted(mails, key=lambda mail: (mail.date, mail.content))


class Teller:
    """Makes the mails of one story, each citing what came before."""

    def __init__(self, story: Story, *, now: datetime, dice: random.Random) -> None:
        self._letters = story.letters
        self._now = now
        self._dice = dice
        self._cited: list[str] = []
        self._before = ""  # What an answer quotes.

    def mails(self) -> list[DemoMail]:
        """Return the story's mails, oldest first."""
        pauses = [float(letter.headers.get("After", 0)) for letter in self._letters]
        length = timedelta(hours=sum(pauses))
        date = self._beginning(length)
        found = []
        for letter, pause in zip(self._letters, pauses, strict=True):
            date += timedelta(hours=pause)
            found.append(self._mail(letter, date))
        return found

    def _beginning(self, length: timedelta) -> datetime:
        """Choose a moment, rather by day than by night, that leaves time for all."""
        ago = self._letters[0].headers.get("Ago")
        if ago:
            return self._now - timedelta(hours=float(ago))
        room = timedelta(days=DAYS) - length
        hours = max(int(room / timedelta(hours=1)), 1)
        back = min((self._dice.randrange(hours) for _ in range(2)), key=self._lateness)
        offset = timedelta(hours=back, seconds=self._dice.randrange(3600))
        return self._now - length - max(offset, LATEST)

    def _lateness(self, back: int) -> int:
        return abs((self._now - timedelta(hours=back)).hour - 13)

    def _mail(self, letter: Letter, date: datetime) -> DemoMail:
        name, address = letter.sender
        zone = timezone(timedelta(hours=float(letter.headers.get("Zone", 0))))
        local = date.astimezone(zone)
        if "Ours" in letter.headers:
            self._answered_by_us(letter, local)
        identifier = f"<{self._dice.getrandbits(80):020x}@{address.partition('@')[2]}>"
        headers = [*self._head(letter, local), *self._threading(letter, identifier)]
        part = self._content(letter)
        content = mime.Part((*headers, *part.headers), part.body).as_bytes()
        if "Message-ID" in dict(headers):
            self._cited.append(identifier)
        self._before = QUOTED_BY.format(
            date=local, name=name or address, quoted=_quote(letter.text)
        )
        given = [*letter.addresses("To"), *letter.addresses("Cc")]
        ours = [a for a in given if a.endswith(f"@{OUR_DOMAIN}")]
        hidden = letter.addresses("Bcc")
        sender = letter.headers.get("Return", address).strip("<>")
        return DemoMail(date, sender, tuple(dict.fromkeys([*ours, *hidden])), content)

    def _answered_by_us(self, letter: Letter, date: datetime) -> None:
        """Let the letter answer one of ours that the sandbox never sent."""
        self._cited.append(f"<{self._dice.getrandbits(64):016x}@{OUR_DOMAIN}>")
        earlier = date - timedelta(hours=float(letter.headers.get("After", 2)) / 2)
        ours = letter.headers["Ours"].replace(" / ", "\n")
        self._before = QUOTED_BY.format(
            date=earlier,
            name="Alder & Finch",
            quoted=_quote(f"{ours}\n\n{self._before}".rstrip() + "\n"),
        )

    def _head(self, letter: Letter, date: datetime) -> list[tuple[str, str]]:
        charset = letter.charset
        subject = letter.headers["Subject"]
        raw = letter.headers.get("Subject-Raw") == "yes"
        head = [
            ("From", mime.address(letter.headers["From"], charset)),
            ("To", ", ".join(letter.addresses("To")) or "undisclosed-recipients:;"),
            ("Cc", ", ".join(letter.addresses("Cc"))),
            ("Subject", subject if raw else mime.words(subject, charset)),
            ("Date", format_datetime(date)),
            ("X-Mailer", self._dice.choice(PROGRAMS)),
            ("MIME-Version", "1.0"),
            *((name, mime.words(v, charset)) for name, v in letter.extra.items()),
        ]
        return [(name, value) for name, value in head if value]

    def _threading(self, letter: Letter, identifier: str) -> list[tuple[str, str]]:
        found = []
        if letter.headers.get("Id") != "none":
            found.append(("Message-ID", identifier))
        if self._cited and letter.headers.get("New") != "yes":
            found.append(("In-Reply-To", self._cited[-1]))
            found.append(("References", "\r\n ".join(self._cited)))
        return found

    def _content(self, letter: Letter) -> mime.Part:
        text = letter.text
        if self._before and ("Ours" in letter.headers or "Quotes" in letter.headers):
            text = f"{text}\n{self._before}"
        part = self._body(letter, text)
        names = [n.strip() for n in letter.headers.get("Attach", "").split(",") if n]
        if not names:
            return part
        files = []
        for name in names:
            kind, content = assets.make(name, now=self._now, dice=self._dice)
            files.append(mime.attachment(name, kind, content))
        return mime.multipart("mixed", [part, *files], boundary=self._boundary())

    def _body(self, letter: Letter, text: str) -> mime.Part:
        if "Report" in letter.headers:
            return automatic.report(letter.headers, text, boundary=self._boundary())
        plain = mime.text(text, charset=letter.charset)
        how = letter.headers.get("Html")
        if not how:
            return plain
        rich = mime.text(_as_html(letter, text), subtype="html", charset=letter.charset)
        if name := letter.headers.get("Inline"):
            kind, content = assets.make(name, now=self._now, dice=self._dice)
            shown = mime.attachment(name, kind, content, shown_as=name)
            rich = mime.multipart("related", [rich, shown], boundary=self._boundary())
        if how == "only":
            return rich
        return mime.multipart("alternative", [plain, rich], boundary=self._boundary())

    def _boundary(self) -> str:
        return f"=_{self._dice.getrandbits(96):024x}"


def _quote(text: str) -> str:
    return "".join(f"> {line}".rstrip() + "\n" for line in text.splitlines())


def _as_html(letter: Letter, text: str) -> str:
    """Return the text as a mail program writes it; newsletters count who opens them."""
    blocks = []
    for block in text.strip().split("\n\n"):
        if block.startswith("# "):
            blocks.append(f'<h2 style="color:#8c2f1b">{html.escape(block[2:])}</h2>')
        else:
            lines = html.escape(block).replace("\n", "<br>\n")
            blocks.append(f'<p style="font-family:Georgia,serif">{lines}</p>')
    if name := letter.headers.get("Inline"):
        blocks.append(f'<img src="cid:{name}" alt="{name}" width="96" height="64">')
    if "Also-List-Id" in letter.headers:
        domain = letter.sender[1].partition("@")[2]
        blocks.append(f'<img src="https://{domain}/open.gif" width="1" height="1">')
    body = "\n".join(blocks)
    return f'<html><head><meta charset="{letter.charset}"></head><body>{body}</body></html>\n'
