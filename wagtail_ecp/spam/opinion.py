"""The score of a mail by its bytes: our own scorer's, and another's where one is set."""

from typing import Any

from wagtail_ecp import conf
from wagtail_ecp.spam.asking import Asker, Failure
from wagtail_ecp.spam.backends.base import Opinion
from wagtail_ecp.spam.models import SpamModel
from wagtail_ecp.spam.scoring import Scorer

Clue = tuple[str, str, float]  # Kind, value and points; see ``reasons``.

_kept: tuple[Any, Asker] | None = None


def of(raw: bytes, scorer: Scorer) -> tuple[float, list[Clue]]:
    """Return the score, 0 to 100, and its reasons.

    An outside scorer that fails costs at most five seconds, once a minute; then our
    own score holds, and the failure is written down for the Health screen.
    """
    own = scorer.score(raw)
    clues = [(clue.kind, clue.value, clue.points) for clue in scorer.clues(raw)]
    asker = _asker()
    opinion = _ask(asker, raw)
    if opinion is None:
        return own, clues
    value = asker.combine(own, opinion)
    outside = [("outside", text, points) for text, points in opinion.clues]
    if value == opinion.score:  # It stands in the place of ours.
        return value, outside
    return value, [*clues, ("outside", _named(opinion), value - own)]


def _named(opinion: Opinion) -> str:
    return (
        ", ".join(text for text, _points in opinion.clues[:3]) or f"{opinion.score:.0f}"
    )


def _ask(asker: Asker, raw: bytes) -> Opinion | None:
    before = asker.failure
    opinion = asker.ask(raw)
    after = asker.failure
    if after != before:
        SpamModel.note(
            backend_down_since=after.since if after else None,
            backend_error=after.words if after else "",
        )
    return opinion


def _asker() -> Asker:
    """Return the process's own asker, made anew when the settings are others."""
    global _kept  # noqa: PLW0603 - a worker's memory is what this is for
    settings = conf.get("SPAM_BACKEND")
    if _kept is None or _kept[0] != settings:
        _kept = settings, Asker.of_site(failure=_last_failure() if settings else None)
    return _kept[1]


def _last_failure() -> Failure | None:
    """Return how an earlier process found the back end; it is asked again at once."""
    model = SpamModel.objects.defer("blob", "previous_blob", "base_blob").first()
    if model is None or model.backend_down_since is None:
        return None
    since = model.backend_down_since
    return Failure(since=since, words=model.backend_error, until=since)
