"""The same export as a ZIP file, written in parts that follow each other.

Where the next part begins is a dictionary that JSON can keep, so that a worker goes on
where another one stopped, on any machine.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from wagtail_ecp.accounts import private_files
from wagtail_ecp.inbox import exporting
from wagtail_ecp.inbox.export_rows import KINDS
from wagtail_ecp.inbox.models import IncomingMail, Mailbox, Message
from wagtail_ecp.inbox.zip_stream import ZipStream

#: Bytes before compression; a part is in memory at once.
PART_BYTES = 8 * 1024 * 1024

MBOX = "mbox "  # Before the mailbox's number.


@dataclass
class Part:
    """What to append, the lines of the mails in it, and how much that is."""

    data: bytearray = field(default_factory=bytearray)
    index: bytearray = field(default_factory=bytearray)
    raw: int = 0
    done: int = 0


class Piece(NamedTuple):
    """A mail, a row or some lines; ``cursor`` leads behind it."""

    data: bytes
    cursor: Any
    line: str = ""
    done: int = 1


def total() -> int:
    """Return about how many mails and rows there are."""
    rows = sum(kind.rows().count() for kind in KINDS)
    sent = Message.objects.filter(incoming=None).count()
    return rows + sent + IncomingMail.objects.count()


class Archive:
    """An export under way; ``place`` as it was saved, or empty at the beginning."""

    def __init__(self, place: dict[str, Any]) -> None:
        self._zip = ZipStream.restored(place.get("zip", {}))
        self._steps: list[str] = place.get("steps") or _steps()
        self._step: int = place.get("step", 0)
        self._cursor: Any = place.get("cursor")
        self._has_begun: bool = place.get("has_begun", False)
        self._offset: int = place.get("offset", 0)
        self._boxes = [exporting.Written(**box) for box in place.get("boxes", ())]
        self._rows: dict[str, int] = place.get("rows", {})
        #: Names of the files with the lines that belong to the parts, in order.
        self.indexes: list[str] = place.get("indexes", [])

    def place(self) -> dict[str, Any]:
        """Return where the next part begins."""
        return {
            "zip": self._zip.saved(),
            "steps": self._steps,
            "step": self._step,
            "cursor": self._cursor,
            "has_begun": self._has_begun,
            "offset": self._offset,
            "boxes": [asdict(box) for box in self._boxes],
            "rows": self._rows,
            "indexes": self.indexes,
        }

    @property
    def is_complete(self) -> bool:
        """Whether the last part was written."""
        return self._step == len(self._steps)

    @property
    def size(self) -> int:
        """Bytes of all parts so far."""
        return self._zip.length

    @property
    def missing(self) -> int:
        """How many raw mails were lost from the private storage."""
        return sum(box.missing for box in self._boxes)

    def next_part(self) -> Part:
        """Return what follows; the caller stores it, and the name of its index."""
        part = Part()
        while not self.is_complete and part.raw < PART_BYTES:
            if self._steps[self._step] == exporting.INDEX and part.index:
                break  # Its last lines are stored with this part.
            self._go_on(part)
        return part

    def _go_on(self, part: Part) -> None:
        """Write of the current file what still fits into ``part``."""
        step = self._steps[self._step]
        pieces = self._pieces(step)
        if not self._has_begun:
            part.data += self._zip.begin(self._name(step))
            self._has_begun = True
        raw = bytearray()
        is_whole = True
        for piece in pieces:
            raw += piece.data
            self._cursor = piece.cursor
            part.index += piece.line.encode()
            part.done += piece.done
            if part.raw + len(raw) >= PART_BYTES:
                is_whole = (
                    False  # Or there is nothing more, as the next part finds out.
                )
                break
        if raw:
            part.data += self._zip.add(bytes(raw))
            part.raw += len(raw)
        if is_whole:
            part.data += self._end_file()

    def _end_file(self) -> bytes:
        self._step += 1
        self._cursor, self._has_begun, self._offset = None, False, 0
        return self._zip.end() + (self._zip.close() if self.is_complete else b"")

    def _name(self, step: str) -> str:
        if step.startswith(MBOX):
            return self._boxes[-1].file
        return step

    def _pieces(self, step: str) -> Iterator[Piece]:
        special: dict[str, Callable[[], Iterator[Piece]]] = {
            exporting.INDEX: self._index,
            exporting.MANIFEST: self._manifest,
        }
        if step in special:
            return special[step]()
        if not step.startswith(MBOX):
            return self._rows_of(step)
        mailbox = Mailbox.objects.filter(pk=step.removeprefix(MBOX)).first()
        if not self._has_begun:
            self._boxes.append(
                exporting.new_box(mailbox)
                if mailbox
                else exporting.Written(0, "", f"{step.replace(' ', '-')}-purged.mbox")
            )
        return self._mails(mailbox) if mailbox else iter(())

    def _mails(self, mailbox: Mailbox) -> Iterator[Piece]:
        box = self._boxes[-1]
        received, sent = self._cursor or (0, 0)
        for mail in exporting.raw_mails(mailbox, after=(received, sent)):
            entry, line = exporting.written_mail(mail, box, offset=self._offset)
            self._offset += len(entry)
            if mail.incoming_mail is not None:
                received = mail.incoming_mail
            elif mail.message is not None:
                sent = mail.message
            yield Piece(entry, [received, sent], line)

    def _index(self) -> Iterator[Piece]:
        begin = self._cursor or 0
        for number, name in enumerate(self.indexes[begin:], begin + 1):
            yield Piece(private_files.read(name), number, done=0)

    def _rows_of(self, name: str) -> Iterator[Piece]:
        (kind,) = (kind for kind in KINDS if f"{kind.name}.jsonl" == name)
        self._rows.setdefault(kind.name, 0)
        for key, row in kind.read_after(self._cursor):
            self._rows[kind.name] += 1
            cursor = key if isinstance(key, int) else str(key)
            yield Piece(exporting.as_line(row).encode(), cursor)

    def _manifest(self) -> Iterator[Piece]:
        if self._cursor is None:
            content = exporting.manifest(self._boxes, rows=self._rows)
            yield Piece(content.encode(), 1, done=0)


def _steps() -> list[str]:
    mailboxes = Mailbox.objects.order_by("pk").values_list("pk", flat=True)
    return [
        *(f"{MBOX}{number}" for number in mailboxes),
        exporting.INDEX,
        *(f"{kind.name}.jsonl" for kind in KINDS),
        exporting.MANIFEST,
    ]
