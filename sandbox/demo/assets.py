"""Makes the files that are attached to the demo's mails: small, but real."""

import csv
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import PurePath

from PIL import Image, ImageDraw

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


def jpeg(_title: str, _now: datetime, dice: random.Random) -> bytes:
    """Return a picture as large as a small camera's: sheets of paper on a table."""
    width, height = 1200, 800
    tone = dice.randrange(90, 170)
    picture = Image.new("RGB", (width, height), (tone, tone - 20, tone - 45))
    draw = ImageDraw.Draw(picture)
    for _ in range(9):
        left, top = dice.randrange(width - 300), dice.randrange(height - 380)
        light = dice.randrange(215, 250)
        shadow = [left + 9, top + 9, left + 289, top + 379]
        draw.rectangle(shadow, fill=(tone - 40, tone - 55, tone - 75))
        sheet = [left, top, left + 280, top + 370]
        draw.rectangle(sheet, fill=(light, light - 4, light - 20))
        for line in range(top + 40, top + 340, 30):
            end = left + dice.randrange(120, 250)
            draw.rectangle([left + 30, line, end, line + 9], fill=(70, 40, 35))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=70)
    return file.getvalue()


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


def archive(title: str, now: datetime, dice: random.Random) -> bytes:
    """Return some texts and a picture, packed."""
    return _packed(
        {f"{number:02}.txt": note(title, now, dice) for number in range(1, 4)}
        | {"cover.png": png(title, now, dice)}
    )


def document(title: str, _now: datetime, _dice: random.Random) -> bytes:
    """Return a page for a word processor (ECMA-376, the least that opens)."""
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    is_a = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    words = f"<w:p><w:r><w:t>{title.replace('-', ' ')}</w:t></w:r></w:p>"
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{types}"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}'
            '.document.main+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{relations}"><Relationship Id="r1" '
            f'Type="{is_a}/officeDocument" Target="word/document.xml"/></Relationships>'
        ),
        "word/document.xml": (
            f'<w:document xmlns:w="{main}"><w:body>{words}</w:body></w:document>'
        ),
    }
    return _packed({name: text.encode() for name, text in parts.items()})


def mail(title: str, now: datetime, _dice: random.Random) -> bytes:
    """Return a mail that somebody kept."""
    kept = EmailMessage()
    kept["From"] = "Adam Finch <sales@sandbox.test>"
    kept["Subject"] = title.replace("-", " ").capitalize()
    kept["Date"] = format_datetime(now - timedelta(days=200))
    kept.set_content("Dear Mr Marsh,\n\n300 copies: GBP 186.\n\nAdam Finch\n")
    return kept.as_bytes(policy=SMTP)


Maker = Callable[[str, datetime, random.Random], bytes]
MAKERS: dict[str, tuple[str, Maker]] = {
    ".png": ("image/png", png),
    ".jpg": ("image/jpeg", jpeg),
    ".pdf": ("application/pdf", pdf),
    ".csv": ("text/csv", table),
    ".ics": ("text/calendar", calendar),
    ".txt": ("text/plain", note),
    ".zip": ("application/zip", archive),
    ".docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        document,
    ),
    ".eml": ("message/rfc822", mail),
}


def _packed(files: dict[str, bytes]) -> bytes:
    """Return a ZIP of these; the same files make the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + _crc(name + data)


def _crc(data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(data))
