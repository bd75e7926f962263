"""Why a mail has its score, in words that a person understands."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from wagtail_ecp.mail.headers import decode_header
from wagtail_ecp.spam.attribution import attribute
from wagtail_ecp.spam.learner import sigmoid
from wagtail_ecp.spam.reading import glance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wagtail_ecp.spam.learner import Table
    from wagtail_ecp.spam.scoring import Scorer

MAX_CLUES: Final = 6  # And up to three for all that is left.
MIN_POINTS: Final = 0.5


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for translation without translating it."""
    return sentence


TEMPLATES: Final[dict[str, str]] = {
    "phrase": gettext_noop("the words “%(value)s”"),
    "subject": gettext_noop("the subject “%(value)s”"),
    "from": gettext_noop("the sender %(value)s"),
    "to": gettext_noop("whom it is addressed to: %(value)s"),
    "received": gettext_noop("the servers that it came by"),
    "field": gettext_noop("the header %(value)s"),
    "missing": gettext_noop("it has no header %(value)s"),
    "same": gettext_noop("From and %(value)s name the same domain"),
    "near": gettext_noop("From and %(value)s name related domains"),
    "other": gettext_noop("From and %(value)s name different domains"),
    "date-future": gettext_noop("its date is in the future"),
    "date-past": gettext_noop("its date is over a week old"),
    "name-address": gettext_noop("the sender's name shows another address"),
    "link": gettext_noop("a link to %(value)s"),
    "link-top": gettext_noop("a link to a host that ends in .%(value)s"),
    "link-number": gettext_noop("a link to a bare number instead of a name"),
    "link-login": gettext_noop("a link that holds a login name"),
    "link-port": gettext_noop("a link to an unusual port"),
    "hidden": gettext_noop("HTML that readers don't see"),
    "html": gettext_noop("how the HTML is written"),
    "build": gettext_noop("how the mail is built from parts"),
    "charset": gettext_noop("the character set %(value)s"),
    "file": gettext_noop("an attached file %(value)s"),
    "text": gettext_noop("the rest of its words"),
    "headers": gettext_noop("the rest of its headers"),
    "look": gettext_noop("the general look of the mail"),
    "caution": gettext_noop("few messages have been marked so far"),
}
# Kinds of tokens that are told as one kind of clue.
_TOGETHER: Final = {
    **dict.fromkeys(("tag", "attribute"), "html"),
    **dict.fromkeys(("part", "encoding"), "build"),
}
_REST_OF: Final = {
    **dict.fromkeys(("phrase", "text", "subject"), "text"),
    **dict.fromkeys(("field", "from", "to", "received", "missing"), "headers"),
}
_RESTS: Final = ("look", "text", "headers")
_OF_NAMES: Final = ("missing", "same", "near", "other")
_OWN_WORDS: Final = ("subject", "from", "to", "received")


class Clue(NamedTuple):
    """One reason for a score; positive points speak for spam."""

    kind: str
    value: str
    points: float

    @property
    def words(self) -> str:
        """The reason in English."""
        return TEMPLATES[self.kind] % {"value": self.value}


def find_clues(scorer: Scorer, raw: bytes) -> list[Clue]:
    """Return the strongest clues, the rest as one; together the score minus 50."""

    def weigh(places: NDArray[np.intp]) -> Table:
        return scorer.learner.weigh(places)

    values = {f.name.lower(): f.value for f in reversed(glance(raw).fields())}
    shares: dict[tuple[str, str], float] = defaultdict(float)
    for (kind, value), share in attribute(raw, weigh).items():
        shares[_told(kind, value, values)] += share * scorer.sharpness
    shares["caution", ""] -= scorer.shift
    points = _points_of_a_logit(sum(shares.values()))
    clues = [Clue(*piece, share * points) for piece, share in shares.items()]
    return _strongest(clues)


def _points_of_a_logit(logit: float) -> float:
    nearly_zero = 1e-6
    if abs(logit) < nearly_zero:
        return 25.0  # The slope of the score at its middle.
    return (100 * sigmoid(logit) - 50) / logit


def _told(kind: str, value: str, values: dict[str, str]) -> tuple[str, str]:
    """Return kind and value of the clue that a piece is told in."""
    if kind == "field":
        text = " ".join(decode_header(values.get(value, ""))[:60].split())
        if value in _OWN_WORDS:
            return value, text
        return kind, f"{_as_written(value)}: {text}".rstrip(": ")
    if kind in _TOGETHER or kind == "look":
        return _TOGETHER.get(kind, kind), ""
    if kind == "charset" and not value:
        return "build", ""
    return kind, _as_written(value) if kind in _OF_NAMES else value


def _as_written(name: str) -> str:
    return "-".join(word.capitalize() for word in name.split("-"))


def _strongest(clues: list[Clue]) -> list[Clue]:
    in_words = [clue for clue in clues if clue.kind not in _RESTS]
    in_words.sort(key=_by_strength)
    best = [c for c in in_words[:MAX_CLUES] if abs(c.points) >= MIN_POINTS]
    rests: dict[str, float] = defaultdict(float)
    for clue in sorted(set(clues).difference(best)):  # Sums must not vary.
        rests[_REST_OF.get(clue.kind, "look")] += clue.points
    best += [Clue(kind, "", points) for kind, points in rests.items() if points]
    return sorted(best, key=_by_strength)


def _by_strength(clue: Clue) -> tuple[float, Clue]:
    return -abs(clue.points), clue
