"""The words for what was found out about a sender."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from wagtail_ecp.mail.dmarc import ENFORCED, Policy

Result = Literal["pass", "fail", "none"]
Reason = Literal[
    "trusted-result",  # pass, fail: our own server says so
    "dkim-aligned",  # pass: the From domain signed this mail
    "signature-broken",  # fail: its signature is not of this mail
    "signature-weak",  # fail: a short key, SHA-1, or a part of the body only
    "key-missing",  # fail: the key of its signature was revoked, or never published
    "spf-failed",  # fail: our own server says so; there is no aligned signature
    "not-aligned",  # fail: only others signed or sent it
    "policy",  # fail: nothing vouches for it, and the domain refuses such mail
    "several-senders",  # fail: more than one From header, or address in it
    "malformed",  # fail: a header block of hostile size
    "signature-expired",  # none
    "dns-failed",  # none: unknown today; never take it for nothing-to-check
    "no-sender",  # none: From holds no address with a domain
    "nothing-to-check",  # none: no trusted result, no signature, no policy
]

_FORGED: Final[frozenset[Reason]] = frozenset(
    {"trusted-result", "several-senders", "malformed"}
)


@dataclass(frozen=True, slots=True)
class Authentication:
    """What was found out about a sender; ``policy`` is "" where nobody asked for it."""

    result: Result
    reason: Reason
    domain: str = ""
    policy: Policy = ""

    @property
    def is_forged(self) -> bool:
        """Whether DMARC itself fails: not merely a signature that proves nothing."""
        is_against_policy = self.reason in _FORGED or self.policy in ENFORCED
        return self.result == "fail" and is_against_policy
