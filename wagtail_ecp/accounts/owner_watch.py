"""Notices that the owner's log-in was changed, by whatever way.

Wagtail's screens and Django's admin refuse that to others; a shell, LDAP or the link of
a password reset ask nobody. So what is known of the owner's user is compared with what
is there, every minute, and a difference is written down for health to tell.
"""

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import ModelLogEntry

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.journal.actions import record
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

#: So long does health tell of a change.
TOLD = timedelta(days=7)
#: The round before this one may have been so long ago.
AT_MOST = timedelta(days=1)


NAMES = {
    "password": _("the owner's password"),
    "address": _("the owner's e-mail address"),
    "active": _("whether the owner is active"),
}


def state_of(user: "User | Any") -> dict[str, Any]:
    """Return what is compared: nothing of it is a secret."""
    return {
        "password": hashlib.sha256(user.password.encode()).hexdigest(),
        "address": getattr(user, user.get_email_field_name(), "") or "",
        "active": user.is_active,
    }


def look(*, last_round: datetime | None) -> None:
    """Write down what was changed since the last round, unless the owner did it."""
    account = Account.objects.select_related("owner").first()
    if account is None or account.owner_state == state_of(account.owner):
        return
    since = max(last_round or timezone.now(), timezone.now() - AT_MOST)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get()
        known, now = locked.owner_state, state_of(locked.owner)
        locked.owner_state = now
        locked.save(update_fields=["owner_state"])
        changed = [name for name in now if name in known and known[name] != now[name]]
        if changed and not _was_saved_by_themself(locked.owner, since=since):
            record(Action.Kind.OWNER_TOUCHED, data={"changed": changed})


def latest() -> "QuerySet[Action]":
    """Return what was noticed lately, newest first."""
    noticed = Action.objects.of_the_account().filter(kind=Action.Kind.OWNER_TOUCHED)
    return noticed.filter(at__gte=timezone.now() - TOLD)


def in_words(action: Action) -> str:
    """Return what was changed, as people call it."""
    return ", ".join(str(NAMES.get(name, name)) for name in action.data["changed"])


def _was_saved_by_themself(user: "User | Any", *, since: datetime) -> bool:
    """Whether the owner used Wagtail's own screens meanwhile, which write that down."""
    entries = ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(user),
        object_id=str(user.pk),
        user_id=user.pk,
        timestamp__gte=since,
    )
    return bool(entries.exists())
