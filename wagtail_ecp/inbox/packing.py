"""Many files as one ZIP, under names that any system can unpack."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from wagtail_ecp.inbox.zip_stream import ZipStream
from wagtail_ecp.mail.filenames import clean_filename

#: Bytes that are compressed at once.
CHUNK: Final = 1024 * 1024
# What Windows forbids, and what a shell could take for more than a name.
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/]')
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def packed(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """Yield a ZIP of ``files`` (name, content), a piece at a time."""
    archive = ZipStream()
    taken: set[str] = set()
    for name, data in files:
        yield archive.begin(unique_name(name, taken))
        for start in range(0, len(data), CHUNK):
            yield archive.add(data[start : start + CHUNK])
        yield archive.end()
    yield archive.close()


def unique_name(name: str, taken: set[str]) -> str:
    """Return a safe name that is not in ``taken``, and put it there.

    Case does not tell names apart: it does not on every system.
    """
    safe = safe_name(name)
    stem, dot, ending = safe.rpartition(".")
    if not stem:
        stem, dot, ending = safe, "", ""
    number, chosen = 1, safe
    while chosen.lower() in taken:
        number += 1
        chosen = f"{stem} ({number}){dot}{ending}"
    taken.add(chosen.lower())
    return chosen


def safe_name(name: str) -> str:
    """Return ``name`` without what leads out of a folder or no system can store."""
    safe = _FORBIDDEN.sub("_", clean_filename(name)).strip(". ")
    if _DEVICES.match(safe):
        safe = f"_{safe}"
    return safe or "attachment"
