"""RSA keys of sizes that no library makes any more, written as DER by hand."""

from __future__ import annotations

import base64
import random
from functools import cache

EXPONENT = 65537


@cache
def short_key(bits: int = 768) -> tuple[bytes, bytes]:
    """A private key in PEM and the record of its public half."""
    p, q = _prime(bits // 2, seed=1), _prime(bits // 2, seed=2)
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    numbers = (0, p * q, EXPONENT, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
    encoded = base64.b64encode(_sequence(*numbers))
    pem = b"-----BEGIN RSA PRIVATE KEY-----\n%b\n-----END RSA PRIVATE KEY-----\n"
    return pem % encoded, record(p * q)


def record(modulus: int, exponent: int = EXPONENT) -> bytes:
    """A key record for such numbers."""
    return b"v=DKIM1; p=" + base64.b64encode(_sequence(modulus, exponent))


def _prime(bits: int, *, seed: int) -> int:
    chance = random.Random(seed)  # noqa: S311  # Nothing secret is signed with it.
    while True:
        number = chance.getrandbits(bits) | 3 << (bits - 2) | 1
        if (number - 1) % EXPONENT and all(
            pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7)
        ):
            return number


def _sequence(*numbers: int) -> bytes:
    content = b"".join(
        _der(2, number.to_bytes(number.bit_length() // 8 + 1)) for number in numbers
    )
    return _der(0x30, content)


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + content
