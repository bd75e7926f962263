"""Who answers for what comes in: the strategies, and the work of their job.

With "Maintain assignments" on, each new message goes to the member who sent the most
recent reply in its conversation. Another strategy may be named in the settings; it is
asked in the same place.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Coalesce

from wagtail_ecp import conf, signals
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.counters import counted
from wagtail_ecp.inbox.models import Conversation, Folder, Message, Outbox
from wagtail_ecp.inbox.permissions import possible_assignees
from wagtail_ecp.journal.actions import display_name, record
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: Conversations in one job.
BATCH = 50

#: Went out, as far as we know.
LEFT = (Outbox.State.SENT, Outbox.State.UNKNOWN)


class Choice(NamedTuple):
    """Whom a strategy would assign a message to, and why: a word for the history."""

    user: "User | Any"
    why: str


class Strategy(Protocol):
    """What ``WAGTAIL_ECP["ASSIGNMENT_STRATEGY"]`` names."""

    def __call__(self, message: Message) -> Choice | None:
        """Say who answers for an incoming message; None leaves it as it is."""


class Reply(NamedTuple):
    """A reply that was sent."""

    author: Any  # Their primary key.
    at: datetime
    recipients: Collection[str]


def latest_reply(
    replies: Iterable[Reply], *, before: datetime, participants: Collection[str]
) -> Reply | None:
    """Return the last reply to one of ``participants`` that was sent by ``before``."""
    fitting = (
        reply
        for reply in replies
        if reply.at <= before and not set(participants).isdisjoint(reply.recipients)
    )
    return max(fitting, key=lambda reply: reply.at, default=None)


def replies_in(conversations: Collection[int]) -> Iterable[tuple[int, Reply]]:
    """Yield what members sent in these conversations, with their numbers."""
    sent = Message.objects.filter(
        conversation__in=conversations,
        direction=Message.Direction.OUT,
        author__isnull=False,
        outbox__state__in=LEFT,
    )
    at = Coalesce("outbox__sent_at", "outbox__data_begun_at", "at")
    columns = ("conversation_id", "author_id", "sent", "participants")
    for number, *reply in sent.annotate(sent=at).values_list(*columns):
        yield number, Reply(*reply)


def participants_of(conversation: int) -> set[str]:
    """Return the address keys of all who wrote to us there, and whom they wrote to."""
    mail = Message.objects.filter(
        conversation=conversation, direction=Message.Direction.IN
    )
    rows = mail.values_list("participants", flat=True)
    return {key for keys in rows for key in keys}


def maintain(message: Message) -> Choice | None:
    """Choose the member who sent the most recent reply in the conversation."""
    number = message.conversation_id
    reply = latest_reply(
        (reply for _number, reply in replies_in([number])),
        before=message.stored_at,
        participants=participants_of(number),
    )
    return Choice(_user(reply.author), "last-reply") if reply else None


def round_robin(message: Message) -> Choice | None:
    """Let members take turns with what nobody answers for; else as ``maintain``."""
    kept = maintain(message)
    if kept or message.conversation.assignee_id:
        return kept
    members = list(possible_assignees(message.conversation).order_by("pk"))
    if not members:
        return None
    last = Action.objects.filter(
        mailbox_number=message.conversation.mailbox_id,
        kind=Action.Kind.ASSIGNED,
        data__why="turn",
    )
    latest = last.order_by("-pk").first()
    keys = [str(member.pk) for member in members]
    before = latest.data["key"] if latest else ""
    turn = keys.index(before) + 1 if before in keys else 0
    return Choice(members[turn % len(members)], "turn")


def least_busy(message: Message) -> Choice | None:
    """Give what nobody answers for to whom the fewest wait for; else as ``maintain``."""
    kept = maintain(message)
    if kept or message.conversation.assignee_id:
        return kept
    members = {member.pk: member for member in possible_assignees(message.conversation)}
    waiting = Conversation.objects.whole().filter(
        assignee__in=members, folder=Folder.INBOX, waiting_since__isnull=False
    )
    rows = waiting.order_by().values_list("assignee").annotate(number=Count("pk"))
    numbers = dict(rows)
    chosen = min(members, key=lambda pk: (numbers.get(pk, 0), pk), default=None)
    return None if chosen is None else Choice(members[chosen], "least-busy")


def assigns_new_conversations() -> bool:
    """Whether the strategy may have something to say where nobody has replied yet."""
    return bool(conf.get("ASSIGNMENT_STRATEGY") != conf.DEFAULTS["ASSIGNMENT_STRATEGY"])


def assign_waiting() -> bool:
    """Assign what came in lately; return whether there may be more."""
    waiting = Conversation.objects.to_be_assigned().order_by("pk")
    numbers = list(waiting.values_list("pk", flat=True)[:BATCH])
    for number in numbers:
        _assign(number)
    return len(numbers) == BATCH


@transaction.atomic
def _assign(number: int) -> None:
    rows = Conversation.objects.to_be_assigned().select_for_update()
    conversation = rows.filter(pk=number).first()
    if conversation is None:  # Another worker was faster.
        return
    conversation.is_to_be_assigned = False
    choice = _choice(conversation)
    with counted(conversation):
        if choice and choice.user.pk != conversation.assignee_id:
            _give(conversation, choice)
        conversation.keep("is_to_be_assigned", "assignee", "assignee_name")


def _choice(conversation: Conversation) -> Choice | None:
    if not Account.objects.current().maintain_assignments:
        return None
    mail = conversation.messages.filter(direction=Message.Direction.IN)
    accepted = mail.exclude(score__is_spam=True).select_related("conversation")
    message = accepted.order_by("-stored_at", "-pk").first()
    strategy: Strategy = conf.load(conf.get("ASSIGNMENT_STRATEGY"))
    return strategy(message) if message else None


def _give(conversation: Conversation, choice: Choice) -> None:
    """Assign, or say in the history why the assignee stays."""
    name = display_name(choice.user)
    told = {"to": name, "why": choice.why, "key": str(choice.user.pk)}
    if not possible_assignees(conversation).filter(pk=choice.user.pk).exists():
        inactive = not choice.user.is_active
        told["because"] = "inactive" if inactive else "may-not-answer"
        _record(Action.Kind.ASSIGNMENT_KEPT, conversation, told)
        return
    conversation.assignee, conversation.assignee_name = choice.user, name
    _record(Action.Kind.ASSIGNED, conversation, told)
    announce = partial(
        signals.conversation_assigned.send,
        Conversation,
        conversation=conversation,
        by=None,
    )
    transaction.on_commit(announce)


def _record(
    kind: Action.Kind, conversation: Conversation, data: dict[str, str]
) -> None:
    record(
        kind,
        mailbox=conversation.mailbox_id,
        conversation=conversation.pk,
        data=data,
    )


def _user(key: Any) -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model()._default_manager.get(pk=key)
