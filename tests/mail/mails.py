"""Builders of mails, as bytes: nothing here needs a parser of its own."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

HEADERS = (
    b"From: Ann <ann@example.org>\r\nTo: support@example.com\r\n"
    b"Date: Mon, 01 Jan 2024 10:00:00 +0100\r\nMessage-ID: <one@example.org>\r\n"
)
CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"

needs_corpora = [
    pytest.mark.corpora,
    pytest.mark.skipif(not CORPORA.exists(), reason="the corpora are not installed"),
]


def a_mail(headers: bytes = b"", body: bytes = b"Hello\r\n") -> bytes:
    """A plain mail from Ann with additional headers."""
    return HEADERS + headers + b"\r\n" + body


def a_part(content_type: bytes, data: bytes, headers: bytes = b"") -> bytes:
    """One part of a multipart, in base64."""
    return (
        b"Content-Type: " + content_type + b"\r\n"
        b"Content-Transfer-Encoding: base64\r\n"
        + headers
        + b"\r\n"
        + base64.encodebytes(data).replace(b"\n", b"\r\n")
    )


def a_multipart(
    *parts: bytes, kind: bytes = b"mixed", boundary: bytes = b"b1"
) -> bytes:
    """A mail of ``parts``."""
    return HEADERS + a_nested(*parts, kind=kind, boundary=boundary)


def a_nested(*parts: bytes, kind: bytes, boundary: bytes) -> bytes:
    """A multipart that is a part itself."""
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return (
        b"Content-Type: multipart/"
        + kind
        + b'; boundary="'
        + boundary
        + b'"\r\n\r\n'
        + body
        + b"--"
        + boundary
        + b"--\r\n"
    )
