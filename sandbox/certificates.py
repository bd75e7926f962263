"""A certificate for the sandbox's catcher, by an authority that it alone trusts."""

import datetime as dt
import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sandbox.ports import HOST

LIFE = dt.timedelta(days=3650)
REMAINDER = dt.timedelta(days=30)  # Less, and a new one is made.
PEM = serialization.Encoding.PEM

NAMES = x509.SubjectAlternativeName(
    [x509.IPAddress(ipaddress.ip_address(HOST)), x509.DNSName("localhost")]
)
# Python 3.13 verifies strictly: an authority has to say that it is one.
SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


@dataclass(frozen=True)
class Certificate:
    """A certificate for loopback with its key, and who vouches for it; PEM files."""

    certificate: Path
    key: Path
    authority: Path


def provide(home: Path) -> Certificate:
    """Return the certificate kept in ``home``; made if missing or about to expire."""
    folder = home / "certificates"
    files = Certificate(
        certificate=folder / "catcher.pem",
        key=folder / "catcher-key.pem",
        authority=folder / "authority.pem",
    )
    if not _is_good(files):
        folder.mkdir(mode=0o700, exist_ok=True)
        _make(files)
    return files


def _is_good(files: Certificate) -> bool:
    if not (files.key.exists() and files.authority.exists()):
        return False
    try:
        found = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    except (FileNotFoundError, ValueError):
        return False
    return found.not_valid_after_utc - _now() > REMAINDER


def _make(files: Certificate) -> None:
    """Write a new authority and what it signed; its own key is kept nowhere."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = named("Authority of a sandbox")
    authority = (
        builder(issuer, issuer, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(SIGNS_CERTIFICATES, critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()),
            critical=False,
        )
        .sign(authority_key, hashes.SHA256())
    )
    certificate = (
        builder(named("catcher.sandbox.test"), issuer, key)
        .add_extension(NAMES, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                authority_key.public_key()
            ),
            critical=False,
        )
        .sign(authority_key, hashes.SHA256())
    )
    _write(files.key, written(key))
    _write(files.authority, authority.public_bytes(PEM))
    # Last: a start that was interrupted begins again.
    _write(files.certificate, certificate.public_bytes(PEM))


def _write(file: Path, content: bytes) -> None:
    """Put a file of ours alone in place, whole or not at all."""
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as output:
        output.write(content)
    unfinished.replace(file)


def written(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return a private key as PEM."""
    return key.private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def named(common_name: str) -> x509.Name:
    """Return whom a certificate is for, or by."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    """Return the beginning of a certificate, valid from yesterday on."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - dt.timedelta(days=1))
        .not_valid_after(_now() + LIFE)
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
