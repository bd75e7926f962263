"""A ZIP file that is written in one go or in many, with nothing to go back to.

What has been written is known by a few numbers, so that another process can go on where
one stopped. Each piece is compressed by itself and ends with a full flush: pieces that
follow each other are one deflate stream (RFC 1951). Sizes stand behind the data and in
the directory at the end, in their 64 bit form (APPNOTE.TXT 4.3.9, 4.3.14, 4.5.3).
"""

import struct
import zlib
from dataclasses import asdict, dataclass, field
from typing import Any, Self

VERSION = 45  # The first that knows ZIP64.
#: Sizes follow the data; names are UTF-8.
FLAGS = 0x0008 | 0x0800
DEFLATED = 8
#: Stands where the 64 bit fields have the number.
ELSEWHERE = 0xFFFFFFFF
ZIP64_EXTRA = 0x0001
#: 1 January 1980, the beginning of time: when doesn't matter, equal bytes do.
TIME, DATE = 0, 0x21
#: An empty last block with fixed codes.
LAST_BLOCK = b"\x03\x00"
LEVEL = 6


@dataclass
class Entry:
    """One file in the archive; sizes in bytes."""

    name: str
    begins_at: int
    crc: int = 0
    packed: int = 0
    size: int = 0


@dataclass
class ZipStream:
    """What has been written so far; each method returns the bytes to append."""

    length: int = 0
    entries: list[Entry] = field(default_factory=list)

    @classmethod
    def restored(cls, saved: dict[str, Any]) -> Self:
        """Return the archive as ``saved`` described it."""
        entries = [Entry(**entry) for entry in saved.get("entries", ())]
        return cls(length=saved.get("length", 0), entries=entries)

    def saved(self) -> dict[str, Any]:
        """Return what JSON can keep and ``restored`` understands."""
        return asdict(self)

    def begin(self, name: str) -> bytes:
        """Begin a file, after the last one was ended."""
        self.entries.append(Entry(name, begins_at=self.length))
        encoded = name.encode()
        head = struct.pack(
            "<4s5H3L2H",
            *(b"PK\x03\x04", VERSION, FLAGS, DEFLATED, TIME, DATE),
            *(0, ELSEWHERE, ELSEWHERE, len(encoded), 20),
        )
        extra = struct.pack("<2H2Q", ZIP64_EXTRA, 16, 0, 0)
        return self._written(head + encoded + extra)

    def add(self, data: bytes) -> bytes:
        """Append to the file that was begun last."""
        entry = self.entries[-1]
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)
        entry.crc = zlib.crc32(data, entry.crc)
        entry.size += len(data)
        entry.packed += len(packed)
        return self._written(packed)

    def end(self) -> bytes:
        """End the file that was begun last."""
        entry = self.entries[-1]
        entry.packed += len(LAST_BLOCK)
        sizes = struct.pack(
            "<4sL2Q", b"PK\x07\x08", entry.crc, entry.packed, entry.size
        )
        return self._written(LAST_BLOCK + sizes)

    def close(self) -> bytes:
        """End the archive with its directory."""
        begins_at = self.length
        directory = b"".join(_in_directory(entry) for entry in self.entries)
        number = len(self.entries)
        large = struct.pack(
            "<4sQ2H2L4Q",
            *(b"PK\x06\x06", 44, VERSION, VERSION, 0, 0),
            *(number, number, len(directory), begins_at),
        )
        where = struct.pack("<4sLQL", b"PK\x06\x07", 0, begins_at + len(directory), 1)
        last = struct.pack(
            "<4s4H2LH",
            *(b"PK\x05\x06", 0, 0, min(number, 0xFFFF), min(number, 0xFFFF)),
            *(ELSEWHERE, ELSEWHERE, 0),
        )
        return self._written(directory + large + where + last)

    def _written(self, data: bytes) -> bytes:
        self.length += len(data)
        return data


def _in_directory(entry: Entry) -> bytes:
    name = entry.name.encode()
    extra = struct.pack(
        "<2H3Q", ZIP64_EXTRA, 24, entry.size, entry.packed, entry.begins_at
    )
    # The owner alone may read what is unpacked on Unix.
    made_by, mode = 3 << 8 | VERSION, 0o100600 << 16
    head = struct.pack(
        "<4s6H3L5H2L",
        *(b"PK\x01\x02", made_by, VERSION, FLAGS, DEFLATED, TIME, DATE),
        *(entry.crc, ELSEWHERE, ELSEWHERE, len(name), len(extra)),
        *(0, 0, 0, mode, ELSEWHERE),
    )
    return head + name + extra
