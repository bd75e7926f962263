"""The files in Outlook's winmail.dat, if tnefparse is installed (extra "tnef")."""

from __future__ import annotations

import logging
from typing import Final

from wagtail_ecp.mail.decoding import scrub
from wagtail_ecp.mail.filenames import clean_filename

try:
    from tnefparse import TNEF  # type: ignore[import-untyped, unused-ignore]
except ImportError:  # Then winmail.dat stays an ordinary file.
    TNEF = None

logger = logging.getLogger(__name__)

MAX_FILES: Final = 200
TYPES: Final = ("application/ms-tnef", "application/vnd.ms-tnef")


def open_tnef(data: bytes) -> list[tuple[str, bytes]]:
    """Return names and bytes of the files within; none if ``data`` is damaged."""
    if TNEF is None:
        return []
    try:
        found = [(item.long_filename(), item.data) for item in TNEF(data).attachments]
    except Exception:
        # tnefparse fails in any way there is on damaged input.
        logger.info("a winmail.dat could not be opened", exc_info=True)
        return []
    return [
        (clean_filename(scrub(str(name or ""))), bytes(content or b""))
        for name, content in found[:MAX_FILES]
    ]
