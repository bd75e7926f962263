"""Says in words why a message has its score."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext, gettext_lazy

from wagtail_ecp.spam import clues
from wagtail_ecp.spam.models import Score

#: Reasons that no mail bears in itself; the scorer's own are in ``clues``.
WORDS = {
    "answered-before": gettext_lazy("your team has answered this sender before"),
    "marked-spam": gettext_lazy("mail of this sender was marked as spam"),
    "marked-wanted": gettext_lazy("mail of this sender was marked as not spam"),
    "check-failed": gettext_lazy("the sender's address failed its check"),
    "outside": gettext_lazy("another filter's opinion: %(value)s"),
}


class Reason(NamedTuple):
    """One reason in words, and what it adds to the score; below 0: takes off."""

    words: str
    points: float


def reasons(score: Score) -> Sequence[Reason]:
    """Return the reasons for ``score``, the strongest first."""
    return [
        Reason(words, float(points))
        for kind, value, points in score.clues
        if (words := in_words(kind, value))
    ]


def in_words(kind: str, value: str) -> str:
    """Return one reason in the reader's language; "" for one that is not known."""
    if kind in WORDS:
        return str(WORDS[kind]) % {"value": value}
    template = clues.TEMPLATES.get(kind, "")
    return gettext(template) % {"value": value} if template else ""
