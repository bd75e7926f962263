"""Weighing what speaks for a sender, where no trusted server has decided it."""

from __future__ import annotations

from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from wagtail_ecp.mail import dmarc
from wagtail_ecp.mail.dns import MAX_NAME_LENGTH, LookupFailedError
from wagtail_ecp.mail.signatures import SignedMail, read_signatures
from wagtail_ecp.mail.verdicts import Authentication, Reason, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from wagtail_ecp.mail.dns import Questions
    from wagtail_ecp.mail.signatures import Signature, Verdict
    from wagtail_ecp.mail.trusted_results import Finding

MAX_SIGNATURES: Final = 5

_PASSES: Final[frozenset[Reason]] = frozenset({"trusted-result", "dkim-aligned"})
_UNDECIDED: Final[frozenset[Reason]] = frozenset(
    {"signature-expired", "dns-failed", "nothing-to-check"}
)
_BY_WEIGHT: Final[tuple[Reason, ...]] = (
    "dns-failed",
    "signature-broken",
    "key-missing",
    "signature-weak",
    "spf-failed",
    "signature-expired",
    "not-aligned",
    "nothing-to-check",
)
_OUTWEIGHED_BY_POLICY: Final[frozenset[Reason]] = frozenset(
    {"spf-failed", "signature-expired", "not-aligned", "nothing-to-check"}
)
_BY_VERDICT: Final[dict[Verdict, Reason]] = {
    "good": "dkim-aligned",
    "broken": "signature-broken",
    "weak": "signature-weak",
    "expired": "signature-expired",
    "keyless": "key-missing",
}
_CONCLUSIVE: Final[dict[tuple[str, str], Reason]] = {
    ("dkim", "pass"): "trusted-result",
    ("dkim", "fail"): "signature-broken",
    ("spf", "pass"): "trusted-result",
    ("spf", "fail"): "spf-failed",
    ("spf", "softfail"): "spf-failed",
}


class Inquiry:
    """The look into one mail of ``domain``; ``headers`` are those that are shown."""

    def __init__(
        self,
        raw: bytes,
        headers: Sequence[tuple[str, str]],
        domain: str,
        questions: Questions,
    ) -> None:
        self._domain = domain
        self._questions = questions
        self._mail = SignedMail(raw, headers)
        nearest = sorted(read_signatures(headers), key=self._distance)
        self._signatures = nearest[:MAX_SIGNATURES]

    def outcome(self, findings: Iterable[Finding]) -> Authentication:
        """Weigh a trusted server's ``findings`` (SPF, DKIM) and the signatures."""
        reasons: set[Reason] = {"nothing-to-check"}
        for reason in self._reasons(findings):
            if reason in _PASSES:
                return Authentication("pass", reason, self._domain)
            reasons.add(reason)
        return self._without_pass(min(reasons, key=_BY_WEIGHT.index))

    def _without_pass(self, reason: Reason) -> Authentication:
        try:
            policy = dmarc.policy(self._domain, self._questions)
        except LookupFailedError:
            return Authentication("none", "dns-failed", self._domain)
        if policy in dmarc.ENFORCED and reason in _OUTWEIGHED_BY_POLICY:
            reason = "policy"
        result: Result = "none" if reason in _UNDECIDED else "fail"
        return Authentication(result, reason, self._domain, policy)

    def _reasons(self, findings: Iterable[Finding]) -> Iterator[Reason]:
        for finding in findings:
            yield self._known(partial(self._of_finding, finding))
        for signature in self._signatures:
            yield self._known(partial(self._of_signature, signature))

    def _known(self, check: Callable[[], Reason]) -> Reason:
        try:
            return check()
        except LookupFailedError:
            return "dns-failed"

    def _of_finding(self, finding: Finding) -> Reason:
        mode: dmarc.Mode = "aspf" if finding.method == "spf" else "adkim"
        if (finding.method, finding.result) not in _CONCLUSIVE or not finding.domain:
            return "nothing-to-check"
        if not self._is_aligned(finding.domain, mode):
            return "not-aligned" if finding.result == "pass" else "nothing-to-check"
        return _CONCLUSIVE[finding.method, finding.result]

    def _of_signature(self, signature: Signature) -> Reason:
        if not self._is_aligned(signature.domain, "adkim"):
            return "not-aligned"
        return _BY_VERDICT[self._mail.verify(signature, self._questions)]

    def _is_aligned(self, identifier: str, mode: dmarc.Mode) -> bool:
        return dmarc.is_aligned(identifier, self._domain, self._questions, mode=mode)

    def _distance(self, signature: Signature) -> int:
        """Nearest first: the very domain, then those with most labels in common."""
        if signature.domain == self._domain:
            return -MAX_NAME_LENGTH
        pairs = zip(_labels(signature.domain), _labels(self._domain), strict=False)
        return -sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _labels(domain: str) -> list[str]:
    return domain.split(".")[::-1]
