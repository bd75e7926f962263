"""The public keys that domains publish for their DKIM signatures (RFC 6376, 3.6.1)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dkim.crypto import UnparsableKeyError, parse_public_key
from dkim.util import InvalidTagValueList, parse_tag_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MIN_RSA_BITS: Final = 1_024  # RFC 8301, section 3.2
MAX_RSA_BITS: Final = 8_192
MAX_EXPONENT: Final = 2**32
MAX_RECORD_LENGTH: Final = 4_000
ED25519_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Key:
    """A usable key record."""

    record: bytes
    kind: str
    tags: Mapping[bytes, bytes]
    is_weak: bool

    def may_sign(self, signature: Mapping[str, str]) -> bool:
        """Whether the key's owner meant it for a signature with such tags."""
        algorithm, _dash, digest = signature.get("a", "").partition("-")
        if algorithm != self.kind or not self._allows(b"h", digest.encode()):
            return False
        if "s" not in _listed(self.tags.get(b"t", b"")):
            return True
        signer = signature.get("i", "@").rpartition("@")[2] or signature["d"]
        return signer.lower() == signature["d"].lower()

    def _allows(self, tag: bytes, value: bytes) -> bool:
        listed = self.tags.get(tag)
        return listed is None or value.decode() in _listed(listed)


def read_key(texts: Sequence[bytes]) -> Key | None:
    """Return the key that is published, ``None`` if none is, or it was revoked."""
    records = [text for text in texts if b"p=" in b"".join(text.split())]
    if len(records) != 1 or len(records[0]) > MAX_RECORD_LENGTH:
        return None
    try:
        return _key(records[0])
    except (InvalidTagValueList, UnparsableKeyError, ValueError, LookupError):
        return None


def _key(record: bytes) -> Key | None:
    tags = parse_tag_value(record)
    kind = tags.get(b"k", b"rsa").decode()
    data = base64.b64decode(tags[b"p"])
    for_mail = {"*", "email"} & _listed(tags.get(b"s", b"*"))
    if tags.get(b"v", b"DKIM1") != b"DKIM1" or not data or not for_mail:
        return None
    if kind == "ed25519" and len(data) == ED25519_BYTES:
        return Key(record, kind, tags, is_weak=False)
    if kind != "rsa":
        return None
    numbers = parse_public_key(data)
    bits, exponent = numbers["modulus"].bit_length(), numbers["publicExponent"]
    if bits > MAX_RSA_BITS or not 1 < exponent < MAX_EXPONENT:
        return None
    return Key(record, kind, tags, is_weak=bits < MIN_RSA_BITS)


def _listed(value: bytes) -> set[str]:
    return {
        part.strip().lower() for part in value.decode("ascii", "replace").split(":")
    }
