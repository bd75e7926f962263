"""The score of a mail by its bytes: our own scorer's, and another's where one is set."""

from wagtail_ecp import conf
from wagtail_ecp.spam.asking import Asker, Failure
from wagtail_ecp.spam.backends.base import Opinion
from wagtail_ecp.spam.models import SpamModel
from wagtail_ecp.spam.scoring import Scorer

Clue = tuple[str, str, float]  # Kind, value and points; see ``reasons``.

#: Of what another scorer found, so much is named in one reason.
NAMED = 3


def outside() -> Asker | None:
    """Return what asks the site's outside scorer, as the last process found it."""
    if not conf.get("SPAM_BACKEND"):
        return None
    model = SpamModel.objects.defer("blob", "previous_blob", "base_blob").first()
    return Asker.of_site(failure=_failure(model) if model else None)


def _failure(model: SpamModel) -> Failure | None:
    since = model.backend_down_since
    if since is None:
        return None
    until = model.backend_rests_until or since
    return Failure(since=since, words=model.backend_error, until=until)


def of(raw: bytes, scorer: Scorer, asker: Asker | None) -> tuple[float, list[Clue]]:
    """Return the score, 0 to 100, and its reasons.

    An outside scorer that fails costs at most five seconds, once a minute; then our
    own score holds, and the failure is written down for the Health screen.
    """
    own = scorer.score(raw)
    clues = [(clue.kind, clue.value, clue.points) for clue in scorer.clues(raw)]
    opinion = _ask(asker, raw) if asker else None
    if asker is None or opinion is None:
        return own, clues
    value = asker.combine(own, opinion)
    if asker.is_instead:
        return value, [("outside", text, points) for text, points in opinion.clues]
    return value, [*clues, ("outside", _named(opinion), value - own)]


def _named(opinion: Opinion) -> str:
    found = ", ".join(text for text, _points in opinion.clues[:NAMED])
    return found or f"{opinion.score:.0f}"


def _ask(asker: Asker, raw: bytes) -> Opinion | None:
    before = asker.failure
    opinion = asker.ask(raw)
    after = asker.failure
    if after != before:
        SpamModel.note(
            backend_down_since=after.since if after else None,
            backend_error=after.words if after else "",
            backend_rests_until=after.until if after else None,
        )
    return opinion
