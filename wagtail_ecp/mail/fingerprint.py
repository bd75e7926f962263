"""A hash that knows a mail again when it comes a second way."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wagtail_ecp.mail.structure import File


def content_hash(
    *,
    sender: str,
    date: str,
    subject: str,
    bodies: Iterable[str],
    files: Iterable[File],
) -> str:
    """Return the SHA-256 (hex) of what a mail says, whatever way it came.

    Trace headers, folding, transfer encodings and blanks don't count; so the
    copies of one mail agree, and another mail with a reused Message-ID differs.
    """
    digest = hashlib.sha256()
    for text in (sender, date, subject, *bodies):
        digest.update("".join(text.split()).encode("utf-8", "replace") + b"\0")
    for file in files:
        is_text = file.content_type.startswith(("text/", "message/"))
        # Relays may change the line ends of text, but of nothing else.
        data = b"".join(file.data.split()) if is_text else file.data
        digest.update(hashlib.sha256(data).digest())
    return digest.hexdigest()
