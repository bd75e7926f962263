"""The one guard for connections to hosts that people typed in."""

import socket
import time
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from wagtail_ecp.exceptions import UnsafeAddressError

SETTING = 'WAGTAIL_ECP["ALLOWED_NETWORKS"]'

NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address.
OF_CLOUD_PROVIDERS = (
    ip_network("192.0.0.0/24"),  # Oracle's metadata; "global" before Python 3.11.9.
    ip_network("168.63.129.16/32"),  # Azure's platform services, inside every machine.
)

Address = IPv4Address | IPv6Address
Resolved = tuple[int, Any]  # (address family, sockaddr), as getaddrinfo gives them


def connect(
    host: str,
    port: int,
    *,
    timeout: float,
    allowed_networks: Sequence[str] | None = (),
) -> socket.socket:
    """Open a TCP connection to ``host``, by the very address that was checked.

    The name is resolved once. If any of its addresses is not public and not inside
    ``allowed_networks`` (CIDR), ``UnsafeAddressError`` is raised and nothing is
    connected; ``allowed_networks=None`` checks nothing and is meant for hosts that
    the site's developer configured. ``timeout`` is in seconds, for all addresses
    together, and stays set on the socket. Failures raise ``OSError``.
    """
    found = resolve(host, port)
    if allowed_networks is not None:
        for _family, sockaddr in found:
            check(host, ip_address(sockaddr[0]), allowed_networks=allowed_networks)
    return _first_that_answers(found, timeout=timeout)


def resolve(host: str, port: int) -> list[Resolved]:
    """Return where ``host`` leads to, in the resolver's order; raises ``OSError``."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # An empty label, or one of more than 63 octets.
        raise socket.gaierror(
            socket.EAI_NONAME, f"{host!r} is not a host name"
        ) from error
    return [(family, sockaddr) for family, _, _, _, sockaddr in found]


def check(host: str, address: Address, *, allowed_networks: Sequence[str]) -> None:
    """Raise ``UnsafeAddressError`` unless ``address`` is public or allowed."""
    forms = list(_forms(address))
    networks = [ip_network(network, strict=False) for network in allowed_networks]
    if any(form in network for form in forms for network in networks):
        return
    if not all(_is_public(form) for form in forms):
        raise UnsafeAddressError(
            f"{host} leads to {address}, which is not a public address. "
            f"If it is meant, add its network to {SETTING}."
        )


def _forms(address: Address) -> Iterator[Address]:
    """Yield the addresses at which a packet for ``address`` may arrive."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        yield address.ipv4_mapped
    elif address in NAT64:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    else:
        yield address
        if isinstance(address, IPv6Address) and address.sixtofour:
            yield address.sixtofour


def _is_public(address: Address) -> bool:
    if address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv6Address) and address.is_site_local:
        return False
    in_a_cloud = any(address in network for network in OF_CLOUD_PROVIDERS)
    return address.is_global and not in_a_cloud


def _first_that_answers(found: Sequence[Resolved], *, timeout: float) -> socket.socket:
    deadline = time.monotonic() + timeout
    failure = OSError("the name has no address")
    for family, sockaddr in found:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(left)
            connection.connect(sockaddr)
        except OSError as error:
            connection.close()
            failure = error
        else:
            connection.settimeout(timeout)
            return connection
    raise failure
