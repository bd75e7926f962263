"""Addresses of people, read from headers that follow RFC 5322 or don't."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wagtail_ecp.mail.address_list import Entry, split_address_list
from wagtail_ecp.mail.headers import MAX_HEADER_LENGTH, decode_header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_ADDRESSES: Final = 2_000
MAX_ADDRESS_LENGTH: Final = 320  # RFC 5321: 64 octets, "@", 255 octets.
MAX_NAME_LENGTH: Final = 500

_BARE_ADDRESS: Final = re.compile(r'("[^"]*"|[^\s@"]{1,300})@[^\s@]+')
_NOT_IN_ADDRESS: Final = re.compile(r"[\s<>]+")


@dataclass(frozen=True, slots=True)
class Address:
    """A name and an address as a header gives them; either may be empty."""

    name: str
    address: str

    @property
    def key(self) -> str:
        """The address in its comparable form, "" if there is none."""
        return address_key(self.address)

    def __str__(self) -> str:
        return self.name or self.address


def written(address: Address) -> str:
    """Return ``name <address>`` as people write it and ``parse_addresses`` reads it."""
    if not address.name or not address.address:
        return address.address or address.name
    name = address.name
    if any(character in name for character in '",;:<>@()[]\\'):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        name = f'"{escaped}"'
    return f"{name} <{address.address}>"


def address_key(address: str) -> str:
    """Fold an address for comparison: case, Unicode form, IDN domain as A-labels.

    Domains are not folded further (ß is not ss): under IDNA 2008 those are
    different domains, and a stranger could own the other one.
    """
    local, at, domain = address.strip().rpartition("@")
    if not at:
        return unicodedata.normalize("NFC", domain.casefold())
    return f"{unicodedata.normalize('NFC', local.casefold())}@{_ascii_domain(domain)}"


def delivery_keys(address: str) -> tuple[str, ...]:
    """Return the keys of the mailboxes that take mail for ``address``, best first.

    "support+anything@" is support@ where there is no such mailbox (RFC 5233).
    """
    key = address_key(address)
    local, _at, domain = key.rpartition("@")
    return tuple(dict.fromkeys([key, f"{local.partition('+')[0]}@{domain}"]))


def _ascii_domain(domain: str) -> str:
    domain = domain.lower().rstrip(".")
    if domain.isascii() or len(domain) > MAX_ADDRESS_LENGTH:
        return domain
    domain = unicodedata.normalize("NFKC", domain).lower().replace("\u3002", ".")
    return ".".join(map(_ascii_label, domain.split(".")))


def _ascii_label(label: str) -> str:
    # Not the "idna" codec: it follows IDNA 2003, which writes ß as ss.
    return label if label.isascii() else "xn--" + label.encode("punycode").decode()


def parse_addresses(
    header_value: str, *, charset: str | None = None
) -> tuple[Address, ...]:
    """Read an address list; never raises, linear time, at most MAX_ADDRESSES.

    The list is split before encoded words are decoded, so that no decoded text
    can add an address; groups are flattened, a comment is a name if there is no
    other.  ``charset`` is tried for raw bytes that are not UTF-8.
    """
    header_value = header_value[:MAX_HEADER_LENGTH]
    found: list[Address] = []
    for entry in _joined_names(split_address_list(header_value)):
        address = _address(entry, charset)
        if address.name or address.address:
            found.append(address)
        if len(found) == MAX_ADDRESSES:
            break
    if "=?" in header_value and not any(entry.address for entry in found):
        return _parse_encoded_list(header_value) or tuple(found)
    return tuple(found)


def _parse_encoded_list(header_value: str) -> tuple[Address, ...]:
    # Some programs encode the whole list, addresses and all.
    decoded = decode_header(header_value)
    return parse_addresses(decoded) if "@" in decoded and "=?" not in decoded else ()


def _joined_names(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Put unquoted names with a comma together again: ``Doe, Jane <jane@...>``."""
    waiting: Entry | None = None
    for entry in entries:
        if waiting and entry.angle is not None and entry.phrase:
            entry = entry._replace(phrase=f"{waiting.phrase}, {entry.phrase}")  # noqa: PLW2901
        elif waiting:
            yield waiting
        waiting = None
        if entry.angle is None and "@" not in entry.phrase:
            waiting = entry
        else:
            yield entry
    if waiting:
        yield waiting


def _address(entry: Entry, charset: str | None) -> Address:
    name, address = entry.phrase, entry.angle
    if address is None:
        bare = _BARE_ADDRESS.search(name)
        address = bare[0] if bare else ""
        name = name.replace(address, " ", 1)
    name = decode_header(name, charset=charset) or decode_header(
        entry.comment, charset=charset
    )
    return Address(_clean_name(name), _clean_address(address, charset))


def _clean_name(name: str) -> str:
    name = " ".join(name.split())
    if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1].strip()
    return name[:MAX_NAME_LENGTH]


def _clean_address(address: str, charset: str | None) -> str:
    if address.startswith("@"):  # An obsolete source route: <@one,@two:jane@three>.
        address = address.rpartition(":")[2]
    address = decode_header(address, charset=charset)
    address = address.removeprefix("mailto:")
    if not address.startswith('"'):
        address = _NOT_IN_ADDRESS.sub("", address).strip("'\",;")
    return address if len(address) <= MAX_ADDRESS_LENGTH else ""
