"""Finds mail servers for an address, asking nobody but the address' own domain.

What its autoconfig files say, else names that are common and exist. A third party, such
as Mozilla's collection, would learn who sets up what.
"""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLateError
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

from wagtail_ecp.exceptions import EmailCentreError
from wagtail_ecp.mail.addresses import address_key
from wagtail_ecp.setup.autoconfig import HOST, AutoconfigError, Offer, Offers, read

logger = logging.getLogger(__name__)

T = TypeVar("T")

SECONDS = 10.0  # for all of it, whatever the servers do

FILES = (
    "https://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={address}",
    "https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
)
#: Where servers usually are; RFC 8314 names the ports.
INCOMING = (("imap", 993), ("mail", 993))
OUTGOING = (("smtp", 465), ("mail", 465))


@dataclass(frozen=True, kw_only=True)
class Lookups:
    """The two questions to the world.

    ``resolves`` tells whether a host name leads anywhere. ``fetch`` returns a file and
    raises ``EmailCentreError`` if there is none; it is given seconds.
    """

    resolves: Callable[[str], bool]
    fetch: Callable[[str, float], bytes]


def find(address: str, *, lookups: Lookups, seconds: float = SECONDS) -> Offers:
    """Return what may be the servers of ``address``; empty if nothing was found.

    Takes at most ``seconds``. Nothing is asked of a domain that is no host name.
    """
    domain = address_key(address).rpartition("@")[2]
    if "." not in domain or not HOST.match(domain):
        return Offers()
    deadline = time.monotonic() + seconds
    labels = dict.fromkeys(label for label, _port in (*INCOMING, *OUTGOING))
    # All at once, in threads that may outlive us: a resolver can't be interrupted.
    pool = ThreadPoolExecutor(max_workers=len(FILES) + len(labels))
    try:
        files = [pool.submit(_read, url, address, domain, lookups) for url in FILES]
        names = {
            label: pool.submit(lookups.resolves, f"{label}.{domain}")
            for label in labels
        }
        for offers in (_result(file, deadline) for file in files):
            if offers:
                return offers
        known = {label for label, name in names.items() if _result(name, deadline)}
        return Offers(
            incoming=_common(INCOMING, known, domain, address),
            outgoing=_common(OUTGOING, known, domain, address),
        )
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _read(url: str, address: str, domain: str, lookups: Lookups) -> Offers | None:
    url = url.format(domain=domain, address=quote(address, safe=""))
    try:
        return read(lookups.fetch(url, SECONDS), address=address)
    except AutoconfigError as error:
        logger.warning("%s: %s", domain, error)
    except EmailCentreError as error:
        logger.info("%s has no autoconfig file here: %s", domain, error)
    return None


def _result(future: "Future[T]", deadline: float) -> T | None:
    try:
        return future.result(timeout=max(0.0, deadline - time.monotonic()))
    except TooLateError:
        return None


def _common(
    places: Sequence[tuple[str, int]], known: set[str], domain: str, address: str
) -> tuple[Offer, ...]:
    return tuple(
        Offer(host=f"{label}.{domain}", port=port, username=address)
        for label, port in places
        if label in known
    )
