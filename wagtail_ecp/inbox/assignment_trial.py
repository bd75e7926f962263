"""What "Maintain assignments" would have done with the mail of the last 30 days."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model

from wagtail_ecp.inbox.assignment import Reply, latest_reply, replies_in
from wagtail_ecp.inbox.models import Conversation, GroupMailboxPermission
from wagtail_ecp.journal.actions import display_name
from wagtail_ecp.spam.models import Score
from wagtail_ecp.spam.preview import window_begins

#: Messages that are looked at, the newest; an option's row must not cost more.
MOST = 2000

Permission = GroupMailboxPermission.Permission


class Mail(NamedTuple):
    """An accepted incoming message."""

    conversation: int
    mailbox: int
    stored_at: datetime
    participants: Sequence[str]


class Would(NamedTuple):
    """A message, by its conversation, and to whom it would have gone."""

    conversation: int
    user: Any  # Their primary key.


class Trial(NamedTuple):
    """The outcome: of how many messages which would have been assigned."""

    total: int
    is_all: bool
    assigned: Sequence[Would]


def trial() -> Trial:
    """Ask, for each message, the same question as the job that assigns.

    Costs four queries, over at most ``MOST`` messages.
    """
    mails = _mails()
    replies: dict[int, list[Reply]] = defaultdict(list)
    for number, reply in replies_in(_answered(mails)):
        replies[number].append(reply)
    participants: dict[int, set[str]] = defaultdict(set)
    for mail in mails:
        participants[mail.conversation].update(mail.participants)
    may_answer = _rights()
    found = []
    for mail in mails[:MOST]:
        last = latest_reply(
            replies[mail.conversation],
            before=mail.stored_at,
            participants=participants[mail.conversation],
        )
        if last and (last.author, mail.mailbox) in may_answer:
            found.append(Would(mail.conversation, last.author))
    return Trial(min(len(mails), MOST), len(mails) <= MOST, found)


def _mails() -> list[Mail]:
    rows = Score.objects.filter(at__gte=window_begins(), is_spam=False)
    columns = (
        "message__conversation",
        "message__conversation__mailbox",
        "message__stored_at",
        "message__participants",
    )
    newest = rows.exclude(standing=Score.Standing.HISTORY).order_by("-at")
    return [Mail(*row) for row in newest.values_list(*columns)[: MOST + 1]]


def _answered(mails: Sequence[Mail]) -> list[int]:
    numbers = {mail.conversation for mail in mails}
    answered = Conversation.objects.filter(last_answer_at__isnull=False)
    return list(answered.filter(pk__in=numbers).values_list("pk", flat=True))


def _rights() -> set[tuple[Any, int]]:
    """Return who may answer in which mailbox now."""
    rights = GroupMailboxPermission.objects.filter(
        permission__in=(Permission.REPLY, Permission.MANAGE),
        group__user__is_active=True,
    )
    return set(rights.values_list("group__user", "mailbox"))


def names(would: Sequence[Would]) -> dict[Any, str]:
    """Return what to call those to whom messages would have gone."""
    users = get_user_model()._default_manager.filter(pk__in={one.user for one in would})
    return {user.pk: display_name(user) for user in users}
