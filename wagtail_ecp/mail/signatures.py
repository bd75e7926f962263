"""DKIM signatures (RFC 6376, 8301, 8463), verified with dkimpy behind some fences.

dkimpy does the cryptography and the rules for headers.  Before it come checks that it
doesn't make (From is signed, ``l=``, SHA-1, the key's flags), and limits: a stranger's
blanks cost it quadratic time, and a key of absurd size as long as the stranger likes.
"""

from __future__ import annotations

import base64
import logging
import re
import time
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from wagtail_ecp.mail.addresses import address_key
from wagtail_ecp.mail.canonical import relaxed_body, simple_body
from wagtail_ecp.mail.signing_keys import MIN_RSA_BITS, read_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wagtail_ecp.mail.dns import Questions

Verdict = Literal["good", "broken", "weak", "expired", "keyless"]

MAX_SIGNATURE_LENGTH: Final = 10_000
MAX_BLANKS: Final = 100  # In a row; dkimpy's patterns try every way to split them.
MAX_SIGNED_NAMES: Final = 200
LEEWAY: Final = 10 * 3600  # Seconds; dkimpy's own, for clocks that are wrong.

_WHITE: Final = re.compile(rb"[ \t\r\n]+")
_TOO_BLANK: Final = re.compile(rf"\s{{{MAX_BLANKS + 1}}}")
_HEAD: Final = re.compile(rb"(?:\A|\n)\r?\n")
# No child of the root: a stranger's broken signature is no error of ours.
_SILENT: Final = logging.Logger("dkimpy", logging.CRITICAL + 1)  # noqa: LOG001
_WHAT_DKIMPY_RAISES: Final = (
    dkim.DKIMException,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AssertionError,
)


@dataclass(frozen=True)
class Signature:
    """One DKIM-Signature header: its place among them and what it says of itself."""

    index: int
    tags: Mapping[str, str]

    @cached_property
    def domain(self) -> str:
        """The domain that signed, "" if it can't be read."""
        return address_key("@" + self.tags.get("d", "")).removeprefix("@")

    @cached_property
    def key_name(self) -> str:
        """Where the key is published."""
        return f"{self.tags.get('s', '').lower()}._domainkey.{self.domain}"

    @property
    def algorithm(self) -> str:
        """The kind of key: "rsa" or "ed25519"."""
        return self.tags.get("a", "").partition("-")[0]

    def fault(self) -> Verdict | None:
        """Return what is wrong with the signature before anything is computed."""
        signed = [name.strip().lower() for name in self.tags.get("h", "").split(":")]
        if "from" not in signed or len(signed) > MAX_SIGNED_NAMES:
            return "broken"  # RFC 6376, section 5.4: From MUST be signed.
        if "l" in self.tags or self.tags.get("a") == "rsa-sha1":
            return "weak"  # Anybody may have written the rest (8.2); RFC 8301.
        expiry = self.tags.get("x", "")
        if expiry[:12].isdecimal() and int(expiry[:12]) + LEEWAY < time.time():
            return "expired"
        return None


def read_signatures(headers: Iterable[tuple[str, str]]) -> list[Signature]:
    """Return the signatures among ``headers``, those that can't be read as well."""
    values = (value for name, value in headers if name.lower() == "dkim-signature")
    return [Signature(index, _tags(value)) for index, value in enumerate(values)]


def _tags(value: str) -> dict[str, str]:
    if len(value) > MAX_SIGNATURE_LENGTH or _TOO_BLANK.search(value):
        return {}
    try:
        tags = parse_tag_value(_WHITE.sub(b" ", _bytes(value)))
        return {name.decode(): text.decode() for name, text in tags.items()}
    except (InvalidTagValueList, UnicodeDecodeError):
        return {}


class SignedMail:
    """A mail whose signatures are to be verified; ``headers`` are those shown."""

    def __init__(self, raw: bytes, headers: Iterable[tuple[str, str]]) -> None:
        found = _HEAD.search(raw)
        self._head = raw[: found.start() + 1] if found else raw
        self._raw_body = raw[found.end() :] if found else b""
        self._shown = _comparable(
            (_bytes(name), _bytes(value)) for name, value in headers
        )

    def verify(self, signature: Signature, questions: Questions) -> Verdict:
        """Check one signature; may raise LookupFailedError."""
        if fault := signature.fault():
            return fault
        key = read_key(questions.txt(signature.key_name))
        if key is None or not key.may_sign(signature.tags):
            return "keyless"
        if key.is_weak:
            return "weak"
        return "good" if self._is_good(signature.index, key.record) else "broken"

    def _is_good(self, index: int, record: bytes) -> bool:
        verifier = dkim.DKIM(logger=_SILENT, minkey=MIN_RSA_BITS)
        try:
            verifier.set_message(self._head)
            # What dkimpy reads must be what people are shown.
            if _comparable(map(tuple, verifier.headers)) != self._shown:
                return False
            tags, names, signatures = verifier.verify_headerprep(index)
            if not self._is_of_body(tags):
                return False
            del tags[b"bh"]  # Done; dkimpy would need ten times the body's memory.
            return bool(
                verifier.verify_sig(
                    tags, names, signatures[index], lambda *_args, **_kw: record
                )
            )
        except _WHAT_DKIMPY_RAISES:
            return False

    def _is_of_body(self, tags: Mapping[bytes, bytes]) -> bool:
        is_relaxed = tags.get(b"c", b"").endswith(b"/relaxed")
        digest = self._relaxed_digest if is_relaxed else self._simple_digest
        return digest == base64.b64decode(tags[b"bh"])

    @cached_property
    def _simple_digest(self) -> bytes:
        return sha256(simple_body(self._raw_body)).digest()

    @cached_property
    def _relaxed_digest(self) -> bytes:
        return sha256(relaxed_body(self._raw_body)).digest()


def _comparable(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers that a verdict hangs on, but for their folding."""
    return [
        (name.lower(), _WHITE.sub(b"", value))
        for name, value in headers
        if name.lower() in {b"from", b"dkim-signature"}
    ]


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape")
