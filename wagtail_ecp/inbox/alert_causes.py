"""Finds out whom something concerns, and notes it for them: a row each, once.

Rows are written by jobs and, where a queue lost those, by the sweep. Nobody is told of
what they did themselves, of what they may not read, or of what they do not want to hear.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from wagtail_ecp.inbox.models import (
    Alert,
    Conversation,
    Draft,
    Folder,
    Follow,
    MemberProfile,
    Message,
    Note,
    Outbox,
)
from wagtail_ecp.inbox.permissions import can_read
from wagtail_ecp.journal.models import Action

#: So many of the newest are looked at for alerts that no job wrote.
LOOKED_AT = 500

Kind = Alert.Kind
QUIET_FOLDERS = (Folder.SPAM, Folder.TRASH)


def is_news(message: Message) -> bool:
    """Whether a stored message, read with its score, is worth telling anybody of.

    Automatic mail never is: it may be the answer to an alert. Nor is spam.
    """
    is_of_people = not (message.is_ours or message.is_automatic or message.is_spam)
    return is_of_people and message.conversation.folder not in QUIET_FOLDERS


def tell_of_mail(message: Message) -> list[Any]:
    """Note a new message for those who want that; return their keys.

    Whoever follows the conversation is told of a reply, others of new mail.
    """
    is_history = message.incoming is not None and message.incoming.is_history
    if is_history or not is_news(message):
        return []
    about: dict[str, Any] = {
        "cause": f"message {message.pk}",
        "conversation_id": message.conversation_id,
        "message": message,
        "at": message.stored_at,
    }
    following = _following(message.conversation, at=message.stored_at)
    told = _note(following, kind=Kind.FOLLOWED, **about)
    return told + _note(
        _watching(message).exclude(user__in=told), kind=Kind.NEW_MAIL, **about
    )


def tell_of_reply(message: Message) -> list[Any]:
    """Note an answer of ours that was sent, for who follows; return their keys."""
    following = _following(message.conversation, at=message.at)
    return _note(
        following.exclude(pk=message.author_id),
        kind=Kind.FOLLOWED,
        cause=f"message {message.pk}",
        conversation_id=message.conversation_id,
        message=message,
        by_name=message.author_name,
        at=message.at,
    )


def tell_of_note(note: Note) -> list[Any]:
    """Note a note for those whom it mentions, and who follow; return their keys."""
    about: dict[str, Any] = {
        "cause": f"note {note.pk}",
        "conversation_id": note.conversation_id,
        "by_name": note.author_name,
        "at": note.changed_at or note.at,
    }
    mentioned = _who_want(
        get_user_model()._default_manager.filter(pk__in=note.mentioned.values("pk")),
        note.conversation,
        unless="alert_mentioned",
        at=note.at,
    )
    told = _note(mentioned.exclude(pk=note.author_id), kind=Kind.MENTIONED, **about)
    following = _following(note.conversation, at=note.at).exclude(pk=note.author_id)
    return told + _note(following.exclude(pk__in=told), kind=Kind.FOLLOWED, **about)


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


def tell_of_trouble(draft: Draft) -> None:
    """Note for its author that a draft was not sent at its time; a letter says so too."""
    if draft.author_id is None:
        return
    now = timezone.now()
    _note(
        [draft.author_id],
        kind=Kind.STAYED,
        cause=f"draft {draft.pk}, version {draft.version}",
        conversation_id=draft.conversation_id,
        draft=draft,
        at=now,
        settled_at=now,
    )


def tell_of_overlooked(*, since: datetime) -> None:
    """Note what no job has, of the newest that came or was done after ``since``."""
    newest = Message.objects.select_related("conversation", "incoming", "score").defer(
        "text"
    )
    for message in newest.order_by("-pk")[:LOOKED_AT]:
        if message.stored_at >= since and not message.is_ours:
            tell_of_mail(message)
    sent = Outbox.objects.filter(sent_at__gte=since, state=Outbox.State.SENT)
    numbers = sent.order_by("-sent_at").values_list("message", flat=True)[:LOOKED_AT]
    for message in newest.filter(pk__in=set(numbers)):
        tell_of_reply(message)
    notes = Note.objects.filter(at__gte=since).select_related("conversation")
    for note in notes.order_by("-pk")[:LOOKED_AT]:
        tell_of_note(note)
    assigned = Action.objects.filter(kind=Action.Kind.ASSIGNED, at__gte=since)
    numbers = assigned.order_by("-at").values_list("conversation_number", flat=True)
    conversations = Conversation.objects.filter(pk__in=set(numbers[:LOOKED_AT]))
    for conversation in conversations.select_related("assignee", "mailbox"):
        tell_of_assignment(conversation)


def _following(conversation: Conversation, *, at: datetime) -> "QuerySet[Any]":
    """Return who followed the conversation or answered for it then, and wants to know."""
    follows = Follow.objects.filter(conversation=conversation, at__lte=at)
    concerned = Q(pk__in=follows.values("user"))
    assigned = Action.objects.filter(
        kind=Action.Kind.ASSIGNED, conversation_number=conversation.pk, at__gte=at
    )
    # Who was assigned later is told of that.
    if conversation.assignee_id and not assigned.exists():
        concerned |= Q(pk=conversation.assignee_id)
    users = get_user_model()._default_manager.filter(concerned)
    return _who_want(users, conversation, unless="alert_followed", at=at)


def _who_want(
    users: "QuerySet[Any]", conversation: Conversation, *, unless: str, at: datetime
) -> "QuerySet[Any]":
    """Leave those who may read the conversation and did not switch this off before."""
    own = MemberProfile.objects.filter(user=OuterRef("pk"))
    unwanted = own.filter(Q(**{unless: False}) | Q(alerts_since__gt=at))
    readers = users.filter(
        ~Exists(unwanted),
        is_active=True,
        groups__mailbox_permissions__mailbox=conversation.mailbox_id,
    )
    return readers.order_by().values_list("pk", flat=True).distinct()


def _watching(message: Message) -> "QuerySet[Any]":
    """Return who wants to hear of new mail in the mailbox."""
    mailbox_id = message.conversation.mailbox_id
    wanting = MemberProfile.objects.filter(
        Q(alerts_since=None) | Q(alerts_since__lte=message.stored_at),
        alert_mailboxes=mailbox_id,
        user__is_active=True,
        user__groups__mailbox_permissions__mailbox=mailbox_id,
    )
    return wanting.values_list("user", flat=True).distinct()


def _note(users: Iterable[Any], *, cause: str, **columns: Any) -> list[Any]:
    """Write a row for each who has none of this cause yet; return all who have one."""
    told = list(users)
    Alert.objects.bulk_create(
        [Alert(user_id=user, cause=cause, **columns) for user in told],
        ignore_conflicts=True,
    )
    return told
