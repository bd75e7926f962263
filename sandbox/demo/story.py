"""Reads the demo's conversations from the text files in ``stories/``.

A file holds stories between lines of ``====``, a story its letters between lines of
``----``. A letter has headers, an empty line and its text:

From      name and address; as the letter before, if left out
To, Cc    addresses; ``support`` alone means support@sandbox.test
Subject   left out in an answer: "Re: …"
After     hours since the letter before
Ago       hours from a story's first letter until now; by chance if left out
Charset   utf-8 if left out, as the letter before in an answer
Ours      what we had answered in between; it is quoted, but not part of the demo
Quotes    "yes": the letter before is quoted
Attach    names of files to make
Inline    name of a picture to make and show in the HTML
New       "yes": it cites nothing, though the same person wrote before
Html      "yes": text and HTML; "only": HTML alone
Also …    any other header, as it is
"""

from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path

STORIES = Path(__file__).with_name("stories")
OUR_DOMAIN = "sandbox.test"
HANDED_ON = ("From", "To", "Cc", "Charset", "Zone", "Html")


@dataclass
class Letter:
    """One mail of a story: what its headers say, and its text."""

    headers: dict[str, str]
    text: str

    @property
    def sender(self) -> tuple[str, str]:
        """Name and address."""
        return parseaddr(self.headers["From"])

    @property
    def charset(self) -> str:
        """The charset of text and headers."""
        return self.headers.get("Charset", "utf-8")

    def addresses(self, header: str) -> list[str]:
        """List the full addresses in ``To``, ``Cc`` or ``Bcc``."""
        values = self.headers.get(header, "").split(",")
        return [_full(value.strip()) for value in values if value.strip()]

    @property
    def extra(self) -> dict[str, str]:
        """Headers to pass on as they are."""
        found = self.headers.items()
        return {k[5:]: v for k, v in found if k.startswith("Also-")}


@dataclass
class Story:
    """Letters that belong together, in order."""

    kind: str
    letters: list[Letter] = field(default_factory=list)


def read_all() -> list[Story]:
    """Read every story, in the order of the files' names."""
    return [
        story
        for file in sorted(STORIES.glob("*.txt"))
        for story in read(file.read_text(encoding="utf-8"), kind=file.stem)
    ]


def read(text: str, *, kind: str) -> list[Story]:
    """Read one file's stories; ValueError for a letter without its empty line."""
    stories = []
    for chapter in text.split("\n====\n"):
        story = Story(kind)
        for part in chapter.split("\n----\n"):
            before = story.letters[-1] if story.letters else None
            story.letters.append(_letter(part.strip("\n"), before))
        stories.append(story)
    return stories


def _letter(part: str, before: Letter | None) -> Letter:
    head, gap, text = part.partition("\n\n")
    if not gap:
        raise ValueError(f"a letter needs headers, an empty line and text: {part!r}")
    headers = dict(line.split(": ", 1) for line in head.splitlines())
    if before:
        for name in HANDED_ON:
            if name in before.headers:
                headers.setdefault(name, before.headers[name])
        headers.setdefault("Subject", _answer_to(before.headers["Subject"]))
    return Letter(headers, text.strip("\n") + "\n")


def _answer_to(subject: str) -> str:
    return subject if subject[:3].casefold() in ("re:", "aw:") else f"Re: {subject}"


def _full(address: str) -> str:
    return address if "@" in address else f"{address}@{OUR_DOMAIN}"
