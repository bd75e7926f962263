"""Keys, signed mails and a dictionary of DNS records: what a sender's domain sets up."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from functools import cache

import dkim
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from dkim.canonicalization import CanonicalizationPolicy
from dkim.crypto import parse_pem_private_key

from wagtail_ecp.mail.dns import LookupFailedError

HEADERS_TO_SIGN = ("from", "to", "subject", "date", "message-id")


@cache
def rsa_key(bits: int = 2048) -> tuple[bytes, bytes]:
    """A private key in PEM and the record of its public half."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    public = key.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    pem = key.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    return pem, b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


@cache
def ed25519_key() -> tuple[bytes, bytes]:
    """The same for Ed25519, the private key as dkimpy wants it."""
    key = ed25519.Ed25519PrivateKey.generate()
    private = base64.b64encode(key.private_bytes_raw())
    public = base64.b64encode(key.public_key().public_bytes_raw())
    return private, b"v=DKIM1; k=ed25519; p=" + public


@dataclass
class Zone:
    """DNS as a dictionary: a name without records does not exist, ``broken`` ones fail."""

    records: dict[str, list[bytes]] = field(default_factory=dict)
    broken: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    def txt(self, name: str, *, seconds: float) -> list[bytes]:
        assert seconds > 0
        self.asked.append(name)
        if name in self.broken:
            raise LookupFailedError(name)
        return self.records.get(name, [])


def a_zone(*, key: bytes | None = None, broken: tuple[str, ...] = (), **dmarc) -> Zone:
    """A zone with ``key`` for example.org's selector "s1", and DMARC records.

    Those are named with underscores for dots: ``example_org="p=reject"``.
    """
    records = {"s1._domainkey.example.org": [key or rsa_key()[1]]}
    for name, record in dmarc.items():
        records["_dmarc." + name.replace("_", ".")] = [f"v=DMARC1; {record}".encode()]
    return Zone(records, broken)


def signed(
    mail: bytes,
    *,
    domain: str = "example.org",
    key: bytes | None = None,
    algorithm: bytes = b"rsa-sha256",
    canonical: tuple[bytes, bytes] = (b"relaxed", b"relaxed"),
    has_length: bool = False,
) -> bytes:
    """``mail`` with a signature by ``domain``, selector "s1", on top."""
    signer = dkim.DKIM(mail, signature_algorithm=algorithm)
    header = signer.sign(
        b"s1",
        domain.encode(),
        key or rsa_key()[0],
        canonicalize=canonical,
        include_headers=list(HEADERS_TO_SIGN),
        length=has_length,
    )
    return bytes(header) + mail


def signed_with_tags(mail: bytes, *, names=HEADERS_TO_SIGN, **tags: str) -> bytes:
    """``mail`` with a signature by example.org that dkimpy itself wouldn't make."""
    policy = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
    signer = dkim.DKIM(mail)
    signer.hasher = dkim.HASH_ALGORITHMS[b"rsa-sha256"]
    body = policy.canonicalize_body(signer.body)
    digest = base64.b64encode(signer.hasher(body).digest())
    fields = {
        "v": "1",
        "a": "rsa-sha256",
        "c": "relaxed/relaxed",
        "d": "example.org",
        "s": "s1",
        "h": " : ".join(names),
        **tags,
    }
    pairs = [(name.encode(), value.encode()) for name, value in fields.items()]
    pairs += [(b"bh", digest), (b"b", b"0" * 60)]
    header = signer.gen_header(
        pairs,
        [name.encode() for name in names],
        policy,
        b"DKIM-Signature",
        parse_pem_private_key(rsa_key()[0]),
    )
    return b"DKIM-Signature: " + bytes(header) + mail
