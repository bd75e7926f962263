"""Says in words what going through the last month's mail again would do, or has done."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_ecp.admin.numbers import grouped
from wagtail_ecp.inbox import forecast
from wagtail_ecp.inbox.forecast import Moves
from wagtail_ecp.inbox.models import Rejudging

#: From so many marks on the filter is sure enough of itself.
LEARNED = 200


def learning(marks: int) -> str:
    """Return how far the filter has learned; "" once it has."""
    if marks >= LEARNED:
        return ""
    return ngettext(
        "The filter is still learning: %(marks)s of some %(needed)s mark. Until then it"
        " lets doubtful mail through.",
        "The filter is still learning: %(marks)s of some %(needed)s marks. Until then"
        " it lets doubtful mail through.",
        LEARNED,
    ) % {"marks": marks, "needed": LEARNED}


def offer(moves: Moves) -> str:
    """Return what re-filing would do; "" if nothing."""
    if not moves:
        return ""
    words = (
        _("%(to_spam)s; %(back)s.")
        if moves.is_exact
        else _("Up to this many, less what people filed away: %(to_spam)s; %(back)s.")
    )
    return words % {"to_spam": _would_go(moves.to_spam), "back": _would(moves.back)}


def _would_go(number: int) -> str:
    return ngettext(
        "%(number)s message would go to Spam",
        "%(number)s messages would go to Spam",
        number,
    ) % {"number": grouped(number)}


def _would(number: int) -> str:
    return ngettext(
        "%(number)s would come back", "%(number)s would come back", number
    ) % {"number": grouped(number)}


def outcome(run: Rejudging) -> str:
    """Return what a finished run has done."""
    if run.threshold is None:
        return _("The mail of the last 30 days was scored again; nothing was moved.")
    if run.state == Rejudging.State.UNDONE:
        return _(
            "The re-filing was undone, but for what people decided or filed meanwhile."
        )
    moves = forecast.changed(run)
    if not moves:
        return _("At %(threshold)s nothing had to be moved.") % {
            "threshold": run.threshold
        }
    words = {
        "threshold": run.threshold,
        "to_spam": grouped(moves.to_spam),
        "back": grouped(moves.back),
    }
    return (
        ngettext(
            "The threshold of %(threshold)s was applied: %(to_spam)s message went to"
            " Spam, %(back)s came back.",
            "The threshold of %(threshold)s was applied: %(to_spam)s messages went to"
            " Spam, %(back)s came back.",
            moves.to_spam,
        )
        % words
    )


def doing(run: Rejudging) -> str:
    """Return what a run that is going does."""
    if run.state == Rejudging.State.UNDOING:
        return _("The re-filing is being undone")
    if run.threshold is None:
        return _("Mail of the last 30 days is being scored again")
    return _("The threshold of %(threshold)s is being applied to the last 30 days") % {
        "threshold": run.threshold
    }
