"""Reads the file in which a domain tells mail programs about its servers.

Mozilla's format, version 1.1. A stranger wrote it: there is no DOCTYPE and no entity,
and what makes no sense is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from wagtail_ecp.exceptions import EmailCentreError

HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\Z", re.ASCII)
PORTS = range(1, 65536)
MAX_USERNAME = 255
SECURITY = {"SSL": "tls", "STARTTLS": "starttls", "plain": "none"}
#: The ways to log in that we know; OAuth2 is none of them.
WITH_PASSWORD = frozenset({"password-cleartext", "password-encrypted", "plain"})


class AutoconfigError(EmailCentreError):
    """The file is none; its domain's owner must correct it."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A server as it may be used; ``security`` is "tls", "starttls" or "none"."""

    host: str
    port: int
    security: str = "tls"
    username: str


@dataclass(frozen=True, kw_only=True)
class Offers:
    """What may be used, best first."""

    incoming: tuple[Offer, ...] = ()
    outgoing: tuple[Offer, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.incoming or self.outgoing)


def read(content: bytes, *, address: str) -> Offers:
    """Return the IMAP and SMTP servers for ``address``, in the file's order.

    AutoconfigError for anything but plain XML in UTF-8.
    """
    try:
        text = content.decode("utf-8-sig")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise AutoconfigError("The file declares entities.")
        root = ET.fromstring(text)  # noqa: S314 - no entity can be in it.
    except (UnicodeDecodeError, ET.ParseError) as error:
        raise AutoconfigError(f"The file is no XML: {error}") from error
    provider = root.find("emailProvider")
    if root.tag != "clientConfig" or provider is None:
        raise AutoconfigError("The file says nothing of mail servers.")
    return Offers(
        incoming=tuple(_offers(provider, "incomingServer", "imap", address)),
        outgoing=tuple(_offers(provider, "outgoingServer", "smtp", address)),
    )


def _offers(
    provider: ET.Element, name: str, kind: str, address: str
) -> Iterator[Offer]:
    for server in provider.findall(name):
        if server.get("type") == kind and (offer := _offer(server, address)):
            yield offer


def _offer(server: ET.Element, address: str) -> Offer | None:
    host = _text(server, "hostname").lower()
    port = _text(server, "port")
    security = SECURITY.get(_text(server, "socketType"))
    ways = {(way.text or "").strip() for way in server.findall("authentication")}
    is_fit = (
        HOST.match(host)
        and re.fullmatch(r"[0-9]{1,5}", port)
        and int(port) in PORTS
        and (not ways or ways & WITH_PASSWORD)
    )
    if not is_fit or security is None:
        return None
    username = _filled(_text(server, "username"), address)
    return Offer(host=host, port=int(port), security=security, username=username)


def _text(server: ET.Element, name: str) -> str:
    return (server.findtext(name) or "").strip()


def _filled(username: str, address: str) -> str:
    local_part, _at, domain = address.rpartition("@")
    for placeholder, value in (
        ("%EMAILADDRESS%", address),
        ("%EMAILLOCALPART%", local_part),
        ("%EMAILDOMAIN%", domain),
    ):
        username = username.replace(placeholder, value)
    return username if username.isprintable() and len(username) <= MAX_USERNAME else ""
