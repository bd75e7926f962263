"""The real look-ups, through the one guard; tests put others in their place."""

from ipaddress import ip_address

from wagtail_ecp import conf
from wagtail_ecp.exceptions import UnsafeAddressError
from wagtail_ecp.mail import reaching, web
from wagtail_ecp.setup.finding import Lookups

SOME_PORT = 443  # A resolver wants one; nothing is connected.


def current() -> Lookups:
    """Return what finding servers asks; the one place to replace it."""
    return Lookups(resolves=resolves, fetch=fetch)


def resolves(host: str) -> bool:
    """Whether ``host`` leads to addresses that may be connected."""
    networks = conf.get("ALLOWED_NETWORKS")
    try:
        for _family, sockaddr in reaching.resolve(host, SOME_PORT):
            reaching.check(host, ip_address(sockaddr[0]), allowed_networks=networks)
    except (OSError, UnsafeAddressError):
        return False
    return True


def fetch(url: str, seconds: float) -> bytes:
    """Return a file by HTTPS; WebError or UnsafeAddressError if there is none."""
    return web.get(url, timeout=seconds, allowed_networks=conf.get("ALLOWED_NETWORKS"))
