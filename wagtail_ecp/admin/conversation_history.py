"""What happened to a conversation, in words, for those who may read it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp.inbox.models import UNTIL_REPLY, Conversation, Folder
from wagtail_ecp.journal.models import Action

ROWS = 50

#: What an action says of itself.
Data = dict[str, Any]

#: Why the machine chose somebody; a site's own strategy may have words of its own.
WHY = {
    "last-reply": gettext_lazy("who replied last"),
    "turn": gettext_lazy("whose turn it was"),
    "least-busy": gettext_lazy("for whom the fewest conversations wait"),
}
BECAUSE = {
    "inactive": gettext_lazy("is inactive"),
    "may-not-answer": gettext_lazy("may no longer answer here"),
}


class Entry(NamedTuple):
    """One thing that happened, in words."""

    at: datetime
    by: str
    what: str


def history(conversation: Conversation) -> list[Entry]:
    """Return the latest of what happened, newest first; one query by an index.

    Whose star it has is nobody else's business.
    """
    actions = Action.objects.filter(conversation_number=conversation.pk)
    shown = actions.exclude(kind=Action.Kind.STARRED)
    return [
        Entry(action.at, action.user_name or _("automatically"), words(action))
        for action in shown.order_by("-pk")[:ROWS]
    ]


def words(action: Action) -> str:
    """Return what happened, as it follows a name."""
    tell = TELLERS.get(action.kind)
    return tell(action.data) if tell else str(action.get_kind_display())


def _assigned(data: Data) -> str:
    name, former = data.get("to", ""), data.get("former", "")
    if not name:
        if former:
            return (
                _("assigned it to nobody in particular, instead of %(former)s") % data
            )
        return _("assigned it to nobody in particular")
    if "why" in data:
        return _("assigned it to %(name)s, %(why)s") % {"name": name, "why": _why(data)}
    if former:
        return _("assigned it to %(to)s, who takes over from %(former)s") % data
    return _("assigned it to %(name)s") % {"name": name}


def _kept(data: Data) -> str:
    return _("left the assignee as it was: %(name)s, %(why)s, %(because)s") % {
        "name": data.get("to", ""),
        "why": _why(data),
        "because": BECAUSE.get(data.get("because", ""), ""),
    }


def _filed(data: Data) -> str:
    return _("moved it from %(before)s to %(after)s") % {
        "before": _folder(data.get("before", "")),
        "after": _folder(data.get("after", "")),
    }


def _undone(data: Data) -> str:
    return _("undid: %(what)s") % {"what": _kind(data.get("kind", ""))}


def _tagged(data: Data) -> str:
    return _("tagged it: %(tags)s") % {"tags": ", ".join(data["tags"])}


def _detagged(data: Data) -> str:
    return _("took tags off: %(tags)s") % {"tags": ", ".join(data["tags"])}


def _snoozed(data: Data) -> str:
    until = parse_datetime(data["after"]["until"])
    if until is None or until == UNTIL_REPLY:
        return _("snoozed it until the next reply")
    at = date_format(timezone.localtime(until), "SHORT_DATETIME_FORMAT")
    return _("snoozed it until %(at)s") % {"at": at}


def _switched(data: Data) -> str:
    told = _("moved it from %(before)s to %(after)s") % {
        "before": data["names"][0],
        "after": data["names"][1],
    }
    if not data["assignee"]:
        return told
    return _("%(told)s, where %(name)s may not answer and so is not assigned") % {
        "told": told,
        "name": data["assignee"][1],
    }


def _merged(data: Data) -> str:
    if "into" in data:
        return _("merged it into #%(into)s") % data
    return _("merged #%(with)s into it") % data


def _unmerged(data: Data) -> str:
    if "of" in data:
        return _("separated it from #%(of)s again") % data
    return _("separated #%(from)s from it again") % data


def _split(data: Data) -> str:
    if "into" in data:
        return _("split it: #%(into)s is a conversation of its own") % data
    return _("split it from #%(from)s") % data


#: What says more than its kind's name, which stands for all others.
TELLERS: dict[str, Callable[[Data], str]] = {
    Action.Kind.ASSIGNED: _assigned,
    Action.Kind.ASSIGNMENT_KEPT: _kept,
    Action.Kind.CHANGED_FOLDER: _filed,
    Action.Kind.UNDONE: _undone,
    Action.Kind.TAGGED: _tagged,
    Action.Kind.DETAGGED: _detagged,
    Action.Kind.SNOOZED: _snoozed,
    Action.Kind.SWITCHED: _switched,
    Action.Kind.MERGED: _merged,
    Action.Kind.UNMERGED: _unmerged,
    Action.Kind.SPLIT: _split,
}


def _why(data: Data) -> str:
    word = data.get("why", "")
    return str(WHY.get(word, word))


def _folder(name: str) -> str:
    return str(Folder(name).label) if name in Folder.values else name


def _kind(name: str) -> str:
    return str(Action.Kind(name).label) if name in Action.Kind.values else name
