"""Writes everything into a directory: an mbox for each mailbox, all else as JSON.

One mail and one chunk of rows are in memory at a time. ``docs/how-to/leave.md`` has the
form of the files.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import quote

from django.db.models import Exists, OuterRef
from django.utils import timezone

from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.export_rows import CHUNK, KINDS
from wagtail_ecp.inbox.models import IncomingMail, Mailbox, Message
from wagtail_ecp.mail import mboxrd

FORMAT = 1
INDEX, MANIFEST = "mails.jsonl", "manifest.json"
PROGRESS = 1000  # mails or rows between two words on how far it is

Say = Callable[[str], None]


class Mail(NamedTuple):
    """A raw mail of a mailbox, and the rows that speak of it."""

    sha256: str
    sender: str
    at: datetime
    incoming_mail: int | None
    message: int | None


@dataclass
class Written:
    """What has been written of one mailbox; ``bytes`` is the raw mail's length."""

    id: int
    address: str
    file: str
    mails: int = 0
    bytes: int = 0
    missing: int = 0


def export(directory: Path, *, only: Mailbox | None = None, say: Say) -> int:
    """Write all mail and rows, or those of ``only``, into the new ``directory``.

    FileExistsError if it holds something. Returns how many raw mails were lost from the
    private storage; the export is complete but for them. ``manifest.json`` comes last:
    without it, the export was interrupted.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise FileExistsError(f"{directory} is not empty.")
    boxes = [only] if only else list(Mailbox.objects.order_by("pk"))
    with (directory / INDEX).open("w", encoding="utf-8") as index:
        written = [_write_mbox(directory, box, index=index, say=say) for box in boxes]
    rows = {
        kind.name: _write_rows(directory, kind.name, kind.read(only), say=say)
        for kind in KINDS
        if only is None or kind.of_mailbox
    }
    (directory / MANIFEST).write_text(manifest(written, rows=rows, only=only), "utf-8")
    return sum(box.missing for box in written)


def manifest(
    boxes: Iterable[Written], *, rows: dict[str, int], only: Mailbox | None = None
) -> str:
    """Return the last file of an export: what is in it."""
    content = {
        "format": FORMAT,
        "exported_at": timezone.now(),
        "only": only.address if only else None,
        "mailboxes": [asdict(box) for box in boxes],
        "rows": rows,
    }
    return _json(content, indent=1)


def raw_mails(mailbox: Mailbox, *, after: tuple[int, int] = (0, 0)) -> Iterator[Mail]:
    """Yield all that was received for the mailbox and sent from it, each mail once.

    ``after`` names the last received and the last sent one that are left out.
    """
    ledger = IncomingMail.objects.filter(mailbox=mailbox).order_by("pk")
    earlier = IncomingMail.objects.filter(
        mailbox=OuterRef("mailbox"), blob=OuterRef("blob"), pk__lt=OuterRef("pk")
    )
    rest = ledger.filter(pk__gt=after[0]).exclude(Exists(earlier))
    received = rest.values_list(
        "blob", "envelope_from", "received_at", "pk", "message__pk"
    )
    written_here = Message.objects.filter(mailbox=mailbox, incoming=None)
    others = (
        written_here.filter(pk__gt=after[1])
        .order_by("pk")
        .values_list("blob", "sender_address", "stored_at", "pk")
    )
    yield from (Mail(*row) for row in received.iterator(chunk_size=CHUNK))
    for sha256, sender, at, message in others.iterator(chunk_size=CHUNK):
        yield Mail(sha256, sender, at, None, message)


def _write_mbox(
    directory: Path, mailbox: Mailbox, *, index: IO[str], say: Say
) -> Written:
    """Write the mailbox's mail, and where in the file each one is."""
    box = new_box(mailbox)
    with (directory / box.file).open("wb") as file:
        for mail in raw_mails(mailbox):
            entry, line = written_mail(mail, box, offset=file.tell())
            file.write(entry)
            index.write(line)
            if box.mails % PROGRESS == 0:
                say(f"{mailbox.address}: {box.mails} mails …")
    say(f"{mailbox.address}: {box.mails} mails, {box.bytes} bytes")
    return box


def new_box(mailbox: Mailbox) -> Written:
    """Return the account of a mailbox of which nothing is written yet."""
    name = f"{mailbox.pk}-{quote(mailbox.address_key, safe='@+')[:150]}.mbox"
    return Written(mailbox.pk, mailbox.address, name)


def written_mail(mail: Mail, box: Written, *, offset: int) -> tuple[bytes, str]:
    """Return the mail as it goes into the mbox at ``offset``, and its line in the index.

    A mail whose file was lost is but a line, without a place.
    """
    row = {"mailbox": box.id, **mail._asdict()}
    try:
        raw = blobs.read(mail.sha256)
    except FileNotFoundError:
        box.missing += 1
        return b"", as_line({**row, "offset": None, "bytes": None})
    box.mails += 1
    box.bytes += len(raw)
    entry = mboxrd.entry(raw, sender=mail.sender, at=mail.at)
    return entry, as_line({**row, "offset": offset, "bytes": len(raw)})


def _write_rows(
    directory: Path, name: str, rows: Iterable[dict[str, Any]], *, say: Say
) -> int:
    number = 0
    with (directory / f"{name}.jsonl").open("w", encoding="utf-8") as file:
        for number, row in enumerate(rows, 1):
            file.write(as_line(row))
            if number % PROGRESS == 0:
                say(f"{name}: {number} rows …")
    say(f"{name}: {number} rows")
    return number


def as_line(row: dict[str, Any]) -> str:
    """Return one line of a file of rows."""
    return f"{_json(row)}\n"


def _json(content: Any, *, indent: int | None = None) -> str:
    return json.dumps(content, ensure_ascii=False, indent=indent, default=_as_text)


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
