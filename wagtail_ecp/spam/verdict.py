"""What a score means: pure decisions."""

from math import exp, log

from wagtail_ecp.spam.models import Score

#: Scores are kept this far from 0 and 100, where logits end.
EDGE = 1e-6


def is_spam(score: float, *, threshold: int, is_exempt: bool) -> bool:
    """Return the verdict; at 100 nothing is spam, at 0 everything but contacts."""
    return not is_exempt and threshold < 100 and score >= threshold  # noqa: PLR2004


def standing(
    *, is_contact: bool, result: str, reason: str, has_passed_before: bool
) -> Score.Standing:
    """Return who the sender is to us, by the check of the sender's address.

    A contact is exempt if the check passes, or if there is nothing to check and this
    contact's mail never passed one; who fails it only claims to be the contact.
    """
    if not is_contact:
        return Score.Standing.STRANGER
    if result == "pass":
        return Score.Standing.CONTACT
    if reason == "nothing-to-check" and not has_passed_before:
        return Score.Standing.UNVERIFIED
    return Score.Standing.DOUBTED


def shifted(score: float, by: float) -> float:
    """Return ``score`` moved by so many logits; 0 to 100 as before."""
    share = min(max(score / 100, EDGE), 1 - EDGE)
    return 100 / (1 + exp(-(log(share / (1 - share)) + by)))
