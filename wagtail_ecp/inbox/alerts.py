"""Tells members by e-mail what came: a row for each thing, then one mail for many.

Rows are written by jobs and, where a queue lost those, by the sweep; each is written
once. A mail lists what waits, at most every five minutes, and leaves out what its
reader may no longer see or no longer wants to hear of.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from wagtail_ecp.accounts import letters
from wagtail_ecp.accounts.members import reads_mail_of
from wagtail_ecp.inbox.models import (
    Alert,
    Conversation,
    Folder,
    MemberProfile,
    Message,
)
from wagtail_ecp.inbox.permissions import can_read
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from wagtail_ecp.inbox.models.alerts import AlertQuerySet

#: Between two mails to one member.
PAUSE = timedelta(minutes=5)
#: So many are listed in one mail; of more only the number is given.
LISTED = 50
#: So many of the newest are looked at for alerts that no job wrote.
LOOKED_AT = 500
KEPT = timedelta(days=30)

Kind = Alert.Kind
QUIET_FOLDERS = (Folder.SPAM, Folder.TRASH)


def is_news(message: Message) -> bool:
    """Whether a stored message, read with its score, is worth telling anybody of.

    Automatic mail never is: it may be the answer to an alert. Nor is spam.
    """
    is_of_people = not (message.is_ours or message.is_automatic or message.is_spam)
    return is_of_people and message.conversation.folder not in QUIET_FOLDERS


def tell_of_mail(message: Message) -> list[Any]:
    """Note a new message for those who want that; return their keys."""
    is_history = message.incoming is not None and message.incoming.is_history
    if is_history or not is_news(message):
        return []
    mailbox_id = message.conversation.mailbox_id
    wanting = MemberProfile.objects.filter(
        Q(alerts_since=None) | Q(alerts_since__lte=message.stored_at),
        alert_mailboxes=mailbox_id,
        user__is_active=True,
        user__groups__mailbox_permissions__mailbox=mailbox_id,
    )
    return _note(
        wanting.values_list("user", flat=True).distinct(),
        kind=Kind.NEW_MAIL,
        cause=f"message {message.pk}",
        conversation_id=message.conversation_id,
        message=message,
        at=message.stored_at,
    )


def tell_of_assignment(conversation: Conversation) -> list[Any]:
    """Note the latest assignment for whom it concerns; return their keys.

    Nobody is told of what they did themselves, or of what was taken back meanwhile.
    """
    assigned = Action.objects.filter(
        kind=Action.Kind.ASSIGNED, conversation_number=conversation.pk
    )
    latest = assigned.order_by("-pk").first()
    assignee = conversation.assignee
    if latest is None or assignee is None or latest.user_id == assignee.pk:
        return []
    profile = MemberProfile.objects.of(assignee)
    is_old = profile.alerts_since is not None and profile.alerts_since > latest.at
    is_wanted = profile.alert_assigned and not is_old
    if not (is_wanted and can_read(assignee, conversation.mailbox)):
        return []
    return _note(
        [assignee.pk],
        kind=Kind.ASSIGNED,
        cause=f"action {latest.pk}",
        conversation_id=conversation.pk,
        by_name=latest.user_name,
        at=latest.at,
    )


def _note(users: Iterable[Any], *, cause: str, **columns: Any) -> list[Any]:
    """Write a row for each who has none of this cause yet; return all who have one."""
    told = list(users)
    Alert.objects.bulk_create(
        [Alert(user_id=user, cause=cause, **columns) for user in told],
        ignore_conflicts=True,
    )
    return told


def tell_of_overlooked(*, since: datetime) -> None:
    """Note what no job has, of the newest messages and assignments after ``since``."""
    if MemberProfile.alert_mailboxes.through.objects.exists():
        newest = Message.objects.select_related("conversation", "incoming", "score")
        for message in newest.defer("text").order_by("-pk")[:LOOKED_AT]:
            if message.stored_at >= since:
                tell_of_mail(message)
    assigned = Action.objects.filter(kind=Action.Kind.ASSIGNED, at__gte=since)
    numbers = assigned.order_by("-at").values_list("conversation_number", flat=True)
    conversations = Conversation.objects.filter(pk__in=set(numbers[:LOOKED_AT]))
    for conversation in conversations.select_related("assignee", "mailbox"):
        tell_of_assignment(conversation)


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
    wanted = Q(kind=Kind.ASSIGNED) if profile.alert_assigned else Q(pk=None)
    if profile.pk:
        wanted |= Q(
            kind=Kind.NEW_MAIL,
            conversation__mailbox__in=profile.alert_mailboxes.values("pk"),
        )
    quiet = Q(conversation__folder__in=QUIET_FOLDERS)
    return alerts.visible_to(user).filter(wanted).exclude(quiet).order_by("at", "pk")


def remove_old() -> None:
    """Delete alerts that were settled a month ago."""
    Alert.objects.filter(settled_at__lte=Now() - KEPT).delete()
