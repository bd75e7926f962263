"""Whether the other end of a connection is on this machine."""

from ipaddress import IPv4Address, IPv6Address, ip_address


def is_own_host(peer: str, local: str) -> bool:
    """Whether ``peer`` is loopback, or the address that the connection came in at."""
    found = _plain(peer)
    return found.is_loopback or found == _plain(local)


def _plain(text: str) -> IPv4Address | IPv6Address:
    """Read an address; IPv4 that came in at an IPv6 socket is IPv4."""
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address
