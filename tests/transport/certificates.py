"""Certificates by an authority for tests, and one that nobody vouches for."""

import ssl
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox import certificates


class Certificate(certificates.Certificate):
    """A certificate for localhost and 127.0.0.1, with its key, as PEM files."""

    def for_servers(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def for_clients(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authority)


def signed_by_an_authority(folder: Path) -> Certificate:
    """Write an authority and a certificate that it signed into ``folder``."""
    return Certificate(**vars(certificates.provide(folder)))


def signed_by_itself(folder: Path) -> Certificate:
    """Write a certificate that no authority vouches for into ``folder``."""
    files = Certificate(
        certificate=folder / "certificate.pem",
        key=folder / "key.pem",
        authority=folder / "certificate.pem",
    )
    key = ec.generate_private_key(ec.SECP256R1())
    name = certificates.named("localhost")
    certificate = (
        certificates.builder(name, name, key)
        .add_extension(certificates.NAMES, critical=False)
        .sign(key, hashes.SHA256())
    )
    files.certificate.write_bytes(certificate.public_bytes(certificates.PEM))
    files.key.write_bytes(certificates.written(key))
    return files
