"""Deletes a deactivated mailbox with all its mail, a bounded piece at a time.

The journal keeps what happened, and the raw files go when the nightly job finds that
nothing refers to them. Mail that a person put together with another mailbox's mail
stays with that one: it belongs to two teams, and only one of them asked for the purge.
"""

import logging
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.exceptions import EmailCentreError
from wagtail_ecp.inbox import summaries
from wagtail_ecp.inbox.counters import counted, uncount
from wagtail_ecp.inbox.findings import is_still
from wagtail_ecp.inbox.models import (
    Conversation,
    IncomingMail,
    Mailbox,
    Message,
)
from wagtail_ecp.inbox.search import indexing as search
from wagtail_ecp.journal.actions import Subjects, record, record_all
from wagtail_ecp.journal.models import Action
from wagtail_ecp.spam.tally import forget

logger = logging.getLogger(__name__)

#: Rows of the ledger, or messages of others, in one transaction.
ROWS = 500
#: Conversations with all their messages in one transaction.
CONVERSATIONS = 100


class MailboxActiveError(EmailCentreError):
    """The mailbox still takes mail; an administrator must deactivate it first."""


def require_inactive(mailbox: Mailbox) -> None:
    """Raise MailboxActiveError, in words for a person, unless it is deactivated."""
    if mailbox.is_active:
        raise MailboxActiveError(
            f"{mailbox.address} is active. Deactivate the mailbox before purging it."
        )


def ask_for_purge(mailbox: Mailbox) -> None:
    """Have the workers purge an inactive mailbox; MailboxActiveError for another."""
    require_inactive(mailbox)
    mailbox.purge_asked_at = timezone.now()
    mailbox.save(update_fields=["purge_asked_at"])


def purge(mailbox_id: int) -> bool:
    """Delete the next piece of an inactive mailbox; return whether there is more.

    May be called again at any time, also after it was interrupted, and when the mailbox
    is gone already. MailboxActiveError if the mailbox is, or was made, active.
    """
    for step in (_ledger, _conversations, _parts, _strays, _mailbox):
        with transaction.atomic():
            mailbox = Mailbox.objects.select_for_update().filter(pk=mailbox_id).first()
            if mailbox is None:
                return False
            require_inactive(mailbox)
            if step(mailbox):
                return True
    return False


def _ledger(mailbox: Mailbox) -> bool:
    """Begin here, so that no worker makes messages of what was not processed yet."""
    rows = IncomingMail.objects.filter(mailbox=mailbox).order_by("pk")
    keys = list(rows.values_list("pk", flat=True)[:ROWS])
    IncomingMail.objects.filter(pk__in=keys).delete()
    return bool(keys)


def _conversations(mailbox: Mailbox) -> bool:
    wholes = Conversation.objects.whole().filter(mailbox=mailbox).order_by("pk")
    chunk = list(wholes.select_for_update()[:CONVERSATIONS])
    others = _other_mailboxes(mailbox, chunk)
    for conversation in chunk:
        if conversation.pk in others:
            _leave_to(others[conversation.pk], conversation, mailbox)
    _delete([row for row in chunk if row.pk not in others])
    return bool(chunk)


def _leave_to(other: int, conversation: Conversation, mailbox: Mailbox) -> None:
    """Let another mailbox have a conversation that holds its mail too."""
    with counted(conversation):
        conversation.mailbox_id = other
        conversation.is_to_be_indexed = True
        conversation.keep("mailbox", "is_to_be_indexed")
    name = Mailbox.objects.values_list("name", flat=True).get(pk=other)
    told = {"before": mailbox.pk, "after": other, "names": [mailbox.name, name]}
    record(
        Action.Kind.SWITCHED,
        mailbox=other,
        conversation=conversation.pk,
        data=told | {"parts": [], "assignee": []},
    )


def _other_mailboxes(
    mailbox: Mailbox, conversations: Collection[Conversation]
) -> dict[int, int]:
    """Return whose mail lies in these conversations too: the earliest one's mailbox."""
    foreign = Message.objects.filter(conversation__in=conversations)
    latest_first = foreign.exclude(mailbox=mailbox).order_by("-at", "-pk")
    return dict(latest_first.values_list("conversation_id", "mailbox_id"))


def _delete(conversations: Collection[Conversation]) -> None:
    """Delete whole conversations, their messages and what was merged into them.

    The journal tells that they are gone.
    """
    gone = [Subjects(row.mailbox_id, row.pk) for row in conversations]
    record_all(Action.Kind.PURGED, gone)
    level = [row.pk for row in conversations]
    keys = list(level)
    while level:
        parts = Conversation.objects.filter(merged_into__in=level)
        level = list(parts.values_list("pk", flat=True))
        keys += level
    rows = Conversation.objects.filter(pk__in=keys)
    forget(Message.objects.filter(conversation__in=keys).values_list("pk", flat=True))
    Message.objects.filter(conversation__in=keys).only("pk").delete()
    kinds = (Action.Kind.NOTE_CHANGED, Action.Kind.NOTE_DELETED)
    notes = Action.objects.filter(kind__in=kinds)
    notes.filter(conversation_number__in=keys).update(data={})
    uncount(conversations)
    rows.update(merged_into=None)  # Parts and wholes protect each other.
    search.forget(keys)
    rows.delete()


def purge_junk() -> bool:
    """Delete the next conversations whose time in Spam or Trash is over.

    Returns whether there may be more. Nothing goes while the account is closed or its
    transport paused: everything is kept then.
    """
    account = Account.objects.current()
    if not account.exists or is_still(account):
        return False
    over = timezone.now() - timedelta(days=account.junk_retention_days)
    with transaction.atomic():
        due = Conversation.objects.whole().filter(junked_at__lt=over)
        chunk = list(due.order_by("junked_at").select_for_update()[:CONVERSATIONS])
        mails = Message.objects.filter(conversation__in=chunk).exclude(incoming=None)
        ledger = list(mails.values_list("incoming", flat=True))
        _delete(chunk)
        IncomingMail.objects.filter(pk__in=ledger).delete()
    return len(chunk) == CONVERSATIONS


def _parts(mailbox: Mailbox) -> bool:
    """Let what became part of another mailbox's conversation lead there still."""
    chunk = list(Conversation.objects.filter(mailbox=mailbox).order_by("pk")[:ROWS])
    for part in chunk:
        part.mailbox_id = part.whole.mailbox_id
        part.keep("mailbox")
    return bool(chunk)


def _strays(mailbox: Mailbox) -> bool:
    """Give messages in another mailbox's conversations to that one."""
    strays = Message.objects.filter(mailbox=mailbox).order_by("pk")
    chunk = list(strays.select_related("conversation").defer("text")[:ROWS])
    for stray in chunk:
        mailbox_id = stray.conversation.mailbox_id
        twins = Message.objects.filter(
            mailbox=mailbox_id,
            id_hash=stray.id_hash,
            content_hash=stray.content_hash,
        )
        if twins.exists():
            _drop(stray)
        else:
            stray.mailbox_id = mailbox_id
            stray.save(update_fields=["mailbox"])
    return bool(chunk)


def _drop(copy: Message) -> None:
    """Delete a second copy of what its new mailbox has already."""
    conversation = copy.conversation
    forget([copy.pk])
    copy.delete()
    if not conversation.messages.exists():
        _delete([conversation])
        return
    with counted(conversation):
        summaries.refresh(conversation, conversation.messages.in_order())
        conversation.keep()


def _mailbox(mailbox: Mailbox) -> bool:
    """End with the row itself; its sources, rights and counters go with it."""
    log(mailbox, "wagtail.delete", deleted=True)
    logger.warning("mailbox %s (%s) has been purged", mailbox.pk, mailbox.address)
    mailbox.delete()
    return False
