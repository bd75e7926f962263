"""What was changed in the account, from what to what: for the owner alone."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from wagtail_ecp.accounts import options, owner_watch
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.journal.models import Action

ROWS = 25


class Entry(NamedTuple):
    """One thing that happened to the account, in words."""

    at: datetime
    by: str
    what: str


def history() -> list[Entry]:
    """Return the latest changes, and what others tried, newest first."""
    return [
        Entry(action.at, action.user_name, words)
        for action in Action.objects.of_the_account()[:ROWS]
        for words in _words(action)
    ]


def _words(action: Action) -> list[str]:
    if action.kind == Action.Kind.ATTEMPT_REFUSED:
        attempt = action.data.get("attempt", "")
        return [_("tried, and was refused: %(attempt)s") % {"attempt": attempt}]
    if action.kind == Action.Kind.OWNER_CHANGED:
        before, after = action.data.get("owner", ["", ""])
        return [_changed(_("account owner"), before, after)]
    if action.kind == Action.Kind.OWNER_TOUCHED:
        changed = owner_watch.in_words(action)
        return [_("changed outside of the admin: %(what)s") % {"what": changed}]
    changes = action.data.get("changes", {})
    return [_changed(_label(name), *change) for name, change in changes.items()]


def _label(name: str) -> str:
    columns = {field.name: field for field in Account._meta.fields}
    return str(columns[name].verbose_name) if name in columns else name


def _changed(what: str, before: object, after: object) -> str:
    if before in ("", None):
        return _("%(what)s: “%(after)s”") % {
            "what": what,
            "after": options.in_words(after),
        }
    return _("%(what)s: from “%(before)s” to “%(after)s”") % {
        "what": what,
        "before": options.in_words(before),
        "after": options.in_words(after),
    }
