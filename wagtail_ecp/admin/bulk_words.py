"""Says in words what a bulk change is to do, does, and has done."""

from collections.abc import Collection
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_ecp.admin import marked
from wagtail_ecp.admin.numbers import grouped
from wagtail_ecp.admin.place import Place
from wagtail_ecp.inbox.actions.bulk import BULK_ACTION_NAMED
from wagtail_ecp.inbox.models import BulkChange, BulkItem, Conversation
from wagtail_ecp.spam.models import Mark

State = BulkChange.State
#: Of those that were left alone, so many are named.
NAMED = 50
VERDICTS = {"spam": Mark.Verdict.SPAM, "wanted": Mark.Verdict.WANTED}


class Left(NamedTuple):
    """A conversation that is as it was, or stays as it is now, and why."""

    number: int
    url: str
    subject: str
    reason: str


def asked(place: Place, numbers: Collection[int], is_everything: bool) -> str:
    """Say what is meant; a number only where one is kept."""
    if not is_everything:
        return _conversations(len(numbers))
    number = place.number
    if number is None:
        return _("Everything that “%(list)s” holds now.") % {"list": place.title}
    words = ngettext(
        "Everything that “%(list)s” holds now: %(number)s conversation.",
        "Everything that “%(list)s” holds now: %(number)s conversations.",
        number,
    )
    return words % {"list": place.title, "number": grouped(number)}


def title(change: BulkChange) -> str:
    """Return what the change is called, and of which list."""
    label = str(BULK_ACTION_NAMED[change.action].label)
    where = change.where.get("title")
    return f"{label}: {where}" if where else label


def outcome(change: BulkChange) -> str:
    """Say how many it was done to."""
    if change.action in VERDICTS:
        return marked.in_words(change.done, VERDICTS[change.action])
    done = str(BULK_ACTION_NAMED[change.action].done)
    return f"{done}: {_conversations(change.done)}"


def left_alone(change: BulkChange) -> str:
    """Say how many were refused, and why if there is one reason."""
    words = ngettext(
        "%(number)s conversation was left as it is.",
        "%(number)s conversations were left as they are.",
        change.refused,
    ) % {"number": grouped(change.refused)}
    refused = change.items.filter(state=BulkItem.State.REFUSED)
    reasons = list(refused.order_by().values_list("reason", flat=True).distinct()[:2])
    return f"{words} {reasons[0]}" if len(reasons) == 1 else words


def kept(change: BulkChange) -> str:
    """Say what could not be undone; "" if all could."""
    numbers = _stayed(change).values_list("number", flat=True)[:NAMED]
    if not numbers:
        return ""
    return _("Not undone, because something has happened there since: %(numbers)s.") % {
        "numbers": ", ".join(f"#{number}" for number in numbers)
    }


def context(change: BulkChange) -> dict[str, Any]:
    """Return what the page of a change shows."""
    is_over = change.state not in (State.WAITING, State.UNDOING)
    stayed = _named(_stayed(change), change) if is_over else []
    refused = _refused(change) if is_over else []
    return {
        "change": change,
        "is_over": is_over,
        "doing": _doing(change),
        "percent": _percent(change),
        "facts": _facts(change),
        "outcome": _said(change),
        "stayed": stayed,
        "refused": refused,
        "more_refused": max(0, change.refused - len(refused)) if is_over else 0,
        "may_undo": change.state in (State.DONE, State.CANCELLED) and change.done > 0,
    }


def _stayed(change: BulkChange) -> Any:
    done = change.items.filter(state=BulkItem.State.DONE)
    return done.exclude(reason="").order_by("pk")


def _refused(change: BulkChange) -> list[Left]:
    refused = change.items.filter(state=BulkItem.State.REFUSED)
    return _named(refused.order_by("pk"), change)


def _named(items: Any, change: BulkChange) -> list[Left]:
    """Name those that the member may still see."""
    chosen = list(items[:NAMED])
    visible = Conversation.objects.visible_to(change.user).filter(
        pk__in=[item.number for item in chosen]
    )
    subjects = dict(visible.values_list("pk", "subject"))
    return [
        Left(
            item.number,
            reverse("wagtail_ecp:conversation", args=[item.number]),
            subjects[item.number] or _("(no subject)"),
            item.reason,
        )
        for item in chosen
        if item.number in subjects
    ]


def _doing(change: BulkChange) -> str:
    if change.state == State.UNDOING:
        return _("Being undone, the last first")
    return _("Under way. You may leave this page meanwhile.")


def _percent(change: BulkChange) -> int:
    finished = change.done + (change.refused if change.state == State.WAITING else 0)
    return min(99, finished * 100 // change.total) if change.total else 0


def _facts(change: BulkChange) -> str:
    is_gathering = bool(change.where) and change.cursor != "end"
    if is_gathering:
        words = _("%(total)s found so far.")
    else:
        words = _("%(done)s of %(total)s done, %(refused)s left as they are.")
    return words % {
        "done": grouped(change.done),
        "total": grouped(change.total),
        "refused": grouped(change.refused),
    }


def _said(change: BulkChange) -> str:
    if change.state == State.CANCELLED:
        return _("Stopped. %(outcome)s") % {"outcome": outcome(change)}
    if change.state == State.UNDONE:
        return _("Undone, but for what changed since.")
    return outcome(change)


def _conversations(number: int) -> str:
    return ngettext("%(number)s conversation.", "%(number)s conversations.", number) % {
        "number": grouped(number)
    }
