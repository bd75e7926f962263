"""Makes the files that are attached to the demo's mails: small, but real."""

import csv
import io
import random
import struct
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import PurePath

PRICES = (("Note cards, set of 8", 12), ("Notebook, ruled", 14), ("Poster", 28))


def make(name: str, *, now: datetime, dice: random.Random) -> tuple[str, bytes]:
    """Return media type and content of a file with this name; KeyError if unknown."""
    kind, maker = MAKERS[PurePath(name).suffix]
    return kind, maker(PurePath(name).stem, now, dice)


def png(_title: str, _now: datetime, dice: random.Random) -> bytes:
    """Return a picture of 96 x 64 pixels: stripes of ink on paper."""
    width, height = 96, 64
    ink = tuple(dice.randrange(30, 200) for _ in range(3))
    rows = b""
    for y in range(height):
        inked = bytes(ink) if (y // 6) % 2 else b"\xf4\xef\xe2"
        edge = dice.randrange(6, 20)
        rows += b"\0" + b"\xf4\xef\xe2" * edge + inked * (width - edge)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def pdf(title: str, _now: datetime, _dice: random.Random) -> bytes:
    """Return a page with its title on it, and a cross-reference table that is right."""
    stream = f"BT /F1 20 Tf 60 760 Td ({title.replace('-', ' ')}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    count = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, b"".join(places))
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return content + table + trailer % (count, len(content))


def table(_title: str, _now: datetime, dice: random.Random) -> bytes:
    """Return a list of articles with numbers and prices."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["article", "pieces", "price each (GBP)"])
    writer.writerows((name, dice.randrange(1, 40), price) for name, price in PRICES)
    return file.getvalue().encode()


def calendar(title: str, now: datetime, dice: random.Random) -> bytes:
    """Return an invitation to an hour within the next weeks (RFC 5545)."""
    day = now + timedelta(days=dice.randrange(3, 20))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//demo//EN",
        "BEGIN:VEVENT",
        f"UID:{dice.getrandbits(64):x}@example.org",
        f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
        f"DTSTART:{day:%Y%m%d}T100000Z",
        f"DTEND:{day:%Y%m%d}T110000Z",
        f"SUMMARY:{title.replace('-', ' ')}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(lines).encode()


def note(title: str, _now: datetime, _dice: random.Random) -> bytes:
    """Return a few lines of plain text."""
    return (
        f"{title.replace('-', ' ')}\n\nSee the letter that came with this.\n".encode()
    )


Maker = Callable[[str, datetime, random.Random], bytes]
MAKERS: dict[str, tuple[str, Maker]] = {
    ".png": ("image/png", png),
    ".pdf": ("application/pdf", pdf),
    ".csv": ("text/csv", table),
    ".ics": ("text/calendar", calendar),
    ".txt": ("text/plain", note),
}


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + _crc(name + data)


def _crc(data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(data))
