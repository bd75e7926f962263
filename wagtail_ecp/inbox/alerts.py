"""What members are told: in the admin at once, by e-mail one mail for many.

A mail lists what waits, at most every five minutes, and leaves out what its reader has
seen in the admin, may no longer see or no longer wants to hear of.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from wagtail_ecp.accounts import letters
from wagtail_ecp.accounts.members import reads_mail_of
from wagtail_ecp.inbox.alert_causes import QUIET_FOLDERS, Kind
from wagtail_ecp.inbox.models import Alert, Conversation, Draft, MemberProfile

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from wagtail_ecp.inbox.models.alerts import AlertQuerySet

#: Between two mails to one member.
PAUSE = timedelta(minutes=5)
#: So many are listed in one mail; of more only the number is given.
LISTED = 50
KEPT = timedelta(days=30)
#: What a member's profile says of each kind; new mail is chosen by mailbox.
SWITCHES = {
    Kind.ASSIGNED: "alert_assigned",
    Kind.MENTIONED: "alert_mentioned",
    Kind.FOLLOWED: "alert_followed",
}


def users_waiting() -> "QuerySet[Any]":
    """Return the keys of those for whom a mail is due now."""
    lately = Alert.objects.filter(mailed_at__gt=Now() - PAUSE).values("user")
    waiting = Alert.objects.waiting().exclude(user__in=lately)
    return waiting.order_by("user").values_list("user", flat=True).distinct()


@transaction.atomic
def mail(user_id: Any) -> None:
    """Write one mail of all that waits for this user, unless one left just now."""
    users = get_user_model()._default_manager.select_for_update(no_key=True)
    user = users.filter(pk=user_id).first()
    own = Alert.objects.filter(user=user_id)
    if user is None or own.filter(mailed_at__gt=Now() - PAUSE).exists():
        return
    waiting = list(own.waiting().order_by("pk").values_list("pk", flat=True))
    told = _to_be_told(user, own.filter(pk__in=waiting))
    number = told.count()
    if number:
        shown = list(told.select_related("conversation__mailbox", "message")[:LISTED])
        context = {"alerts": shown, "number": number, "more": number - len(shown)}
        letters.write_to([user], template="alerts", context=context)
    mailed = {"mailed_at": Now()} if number else {}
    own.filter(pk__in=waiting).update(settled_at=Now(), **mailed)


def _to_be_told(user: "User", alerts: "AlertQuerySet") -> "AlertQuerySet":
    """Return which of ``alerts`` this user may and wants to read by mail now."""
    if not user.is_active or reads_mail_of(user) is not None:
        return alerts.none()  # It would come back as new mail, and be told of again.
    profile = MemberProfile.objects.of(user)
    if not profile.alerts_by_mail:
        return alerts.none()
    kinds = [kind for kind, name in SWITCHES.items() if getattr(profile, name)]
    wanted = Q(kind__in=kinds)
    if profile.pk:
        wanted |= Q(
            kind=Kind.NEW_MAIL,
            conversation__mailbox__in=profile.alert_mailboxes.values("pk"),
        )
    quiet = Q(conversation__folder__in=QUIET_FOLDERS)
    told = alerts.visible_to(user).unread().filter(wanted).exclude(quiet)
    return told.order_by("at", "pk")


def remove_old() -> None:
    """Delete alerts that were settled a month ago."""
    Alert.objects.filter(settled_at__lte=Now() - KEPT).delete()


def of(user: "User") -> "AlertQuerySet":
    """Return what ``user`` is told in the admin, newest first, if they may read it."""
    return Alert.objects.filter(user=user.pk).visible_to(user).order_by("-pk")


def note_reading(conversation: Conversation, *, by: "User") -> None:
    """Note that ``by`` has opened the conversation: its alerts are read."""
    own = Alert.objects.filter(user=by.pk, conversation=conversation)
    own.unread().update(read_at=Now())


def note_opening(draft: Draft, *, by: "User") -> None:
    """Note that ``by`` has opened the draft: what they were told of it is read."""
    Alert.objects.filter(user=by.pk, draft=draft).unread().update(read_at=Now())


def read_all(*, by: "User", until: int) -> None:
    """Note that ``by`` has read all alerts up to this number; later ones stay."""
    own = Alert.objects.filter(user=by.pk, pk__lte=until)
    own.unread().update(read_at=Now())
