"""Whether a mail comes from the domain that its From header names.

A trusted server's Authentication-Results (RFC 8601) decide where they are
conclusive; else the mail's DKIM signatures (RFC 6376) are verified, and count if they
are aligned with the From header's domain as DMARC wants it (RFC 9989).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wagtail_ecp.mail.addresses import address_key, parse_addresses
from wagtail_ecp.mail.dns import Questions, is_name
from wagtail_ecp.mail.evidence import Inquiry
from wagtail_ecp.mail.tree import read_header_block
from wagtail_ecp.mail.trusted_results import NO_AUTHSERV_ID, trusted_findings
from wagtail_ecp.mail.verdicts import Authentication, Reason, Result

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from wagtail_ecp.mail.dns import Resolver
    from wagtail_ecp.mail.trusted_results import Finding

__all__ = [
    "NO_AUTHSERV_ID",
    "Authentication",
    "Reason",
    "Result",
    "authenticate",
    "dmarc_result",
]

MAX_HEADER_BYTES: Final = 256 * 1024
MAX_HEADER_LINES: Final = 10_000

_END_OF_HEADERS: Final = re.compile(rb"\n\r?\n")


def authenticate(
    raw: bytes, *, trusted_ids: Collection[str], resolver: Resolver
) -> Authentication:
    """Find out whether ``raw`` comes from its From header's domain; never raises.

    Signatures must be verified on the mail as it came.  A domain whose policy is
    quarantine or reject fails if nothing aligned passed.  Its mail may have passed
    SPF, which can't be told without the client's address; but it asks for just that
    treatment wherever mail was forwarded, and a trusted server that checks SPF is
    heard first.
    """
    if _is_oversized(raw):
        return Authentication("fail", "malformed")
    headers = read_header_block(raw[: MAX_HEADER_BYTES * 2])
    senders = _senders(headers)
    if len(senders) > 1:
        return Authentication("fail", "several-senders")
    _local, at, domain = address_key("".join(senders)).rpartition("@")
    if not at or not is_name(domain):
        return Authentication("none", "no-sender")
    findings = trusted_findings(headers, trusted_ids=trusted_ids)
    by_dmarc = _dmarc([found for found in findings if found.domain in {domain, ""}])
    if by_dmarc != "none":
        return Authentication(by_dmarc, "trusted-result", domain)
    return Inquiry(raw, headers, domain, Questions(resolver)).outcome(findings)


def dmarc_result(
    raw_or_headers: bytes | Iterable[tuple[str, str]], *, trusted_ids: Collection[str]
) -> Result:
    """Return the DMARC result that a trusted server noted (RFC 8601), else "none".

    Only the topmost header with a trusted authserv-id counts: a sender can forge
    any that lie below.  With NO_AUTHSERV_ID trusted, a header without an id counts
    if it is the topmost of all.
    """
    if isinstance(raw_or_headers, bytes):
        raw_or_headers = read_header_block(raw_or_headers)
    return _dmarc(trusted_findings(raw_or_headers, trusted_ids=trusted_ids))


def _is_oversized(raw: bytes) -> bool:
    end = _END_OF_HEADERS.search(raw, 0, MAX_HEADER_BYTES + 3)
    size = end.start() if end else len(raw)
    lines = max(raw.count(b"\n", 0, size), raw.count(b"\r", 0, size))
    return size > MAX_HEADER_BYTES or lines > MAX_HEADER_LINES


def _senders(headers: Sequence[tuple[str, str]]) -> list[str]:
    """Return the addresses in From, [] if the entry that is shown has none.

    Two From headers are two senders, whatever they say.
    """
    values = [value for name, value in headers if name.lower() == "from"]
    if len(values) != 1:
        return values
    found = [entry.address for entry in parse_addresses(values[0])]
    if not all(map(str.isascii, found)) and not _is_utf8(values[0]):
        return []  # In the charset of the body it would be another address.
    return [address for address in found if address] if any(found[:1]) else []


def _is_utf8(value: str) -> bool:
    try:
        value.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _dmarc(findings: Iterable[Finding]) -> Result:
    found = {finding.result for finding in findings if finding.method == "dmarc"}
    if found == {"pass"}:
        return "pass"
    return "fail" if "fail" in found else "none"
