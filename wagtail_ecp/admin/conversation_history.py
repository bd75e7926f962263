"""What happened to a conversation, in words, for those who may read it."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp.inbox.models import Conversation, Folder
from wagtail_ecp.journal.models import Action

ROWS = 50

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
    """Return the latest of what happened, newest first; one query by an index."""
    actions = Action.objects.filter(conversation_number=conversation.pk)
    return [
        Entry(action.at, action.user_name or _("automatically"), _words(action))
        for action in actions.order_by("-pk")[:ROWS]
    ]


def _words(action: Action) -> str:
    data = action.data
    if action.kind == Action.Kind.ASSIGNED:
        return _assigned(data)
    if action.kind == Action.Kind.ASSIGNMENT_KEPT:
        return _("left the assignee as it was: %(name)s, %(why)s, %(because)s") % {
            "name": data.get("to", ""),
            "why": _why(data),
            "because": BECAUSE.get(data.get("because", ""), ""),
        }
    if action.kind == Action.Kind.CHANGED_FOLDER:
        return _("moved it from %(before)s to %(after)s") % {
            "before": _folder(data.get("before", "")),
            "after": _folder(data.get("after", "")),
        }
    if action.kind == Action.Kind.UNDONE:
        return _("undid: %(what)s") % {"what": _kind(data.get("kind", ""))}
    return str(action.get_kind_display())


def _assigned(data: dict[str, str]) -> str:
    name = data.get("to", "")
    if not name:
        return _("assigned it to nobody in particular")
    if "why" not in data:
        return _("assigned it to %(name)s") % {"name": name}
    return _("assigned it to %(name)s, %(why)s") % {"name": name, "why": _why(data)}


def _why(data: dict[str, str]) -> str:
    word = data.get("why", "")
    return str(WHY.get(word, word))


def _folder(name: str) -> str:
    return str(Folder(name).label) if name in Folder.values else name


def _kind(name: str) -> str:
    return str(Action.Kind(name).label) if name in Action.Kind.values else name
