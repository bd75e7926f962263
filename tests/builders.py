"""What tests are made of: ``a_mailbox()``, ``an_email()``, ``receive_and_process()``."""

import itertools
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.utils import timezone

from wagtail_ecp.accounts.actions import set_owner
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.counters import counted
from wagtail_ecp.inbox.lists import BY_NAME, Listing
from wagtail_ecp.inbox.models import (
    Conversation,
    Draft,
    Folder,
    GroupMailboxPermission,
    IncomingMail,
    Mailbox,
    Message,
    Note,
)
from wagtail_ecp.inbox.processing import process_batch
from wagtail_ecp.inbox.receiving import receive
from wagtail_ecp.inbox.writing import answer_to, begun
from wagtail_ecp.spam.models import Score

_numbers = itertools.count(1)

SUPPORT = "support@example.com"


def a_user(name="somebody", *, is_superuser=False):
    """Return a user who may enter the Wagtail admin."""
    user = get_user_model().objects.create_user(
        name, email=f"{name}@staff.example", password="pw", is_superuser=is_superuser
    )
    group, _created = Group.objects.get_or_create(name="Admin access")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.add(group)
    return user


def an_account(owner=None):
    """Return the account, made if there is none."""
    account = Account.objects.first()
    return account or set_owner(owner or a_user("olga"), name="Tests")


def account_zone():
    """Return the zone that screens show dates in, whatever the machine's clock is."""
    return ZoneInfo(Account.objects.get().time_zone)


def a_mailbox(address=SUPPORT, *, readers=(), repliers=(), managers=()):
    """Return a mailbox on which these users have these rights."""
    an_account()
    mailbox = Mailbox(name=address.partition("@")[0].title(), address=address)
    mailbox.full_clean()
    mailbox.save()
    for users, permission in (
        (readers, "read"),
        (repliers, "reply"),
        (managers, "manage"),
    ):
        for user in users:
            grant(user, mailbox, permission)
    return mailbox


def grant(user, mailbox, permission):
    """Give ``user`` a right through a group made for it."""
    group, _created = Group.objects.get_or_create(
        name=f"{mailbox.pk} {permission} {user.pk}"
    )
    GroupMailboxPermission.objects.get_or_create(
        group=group, mailbox=mailbox, permission=permission
    )
    user.groups.add(group)


def a_conversation(mailbox, subject="Where is my parcel?", **fields):
    """Return a conversation without messages: enough for lists and numbers.

    It is counted, like one that came by mail.
    """
    now = timezone.now()
    moments = {"began_at": now, "last_message_at": now}
    conversation = Conversation(mailbox=mailbox, subject=subject, **moments | fields)
    with counted(conversation):
        conversation.save()
    return conversation


def an_email(  # noqa: PLR0913
    subject="Where is my parcel?",
    text="Hello,\nwhere is it?\n",
    *,
    sender="Vera Holm <vera@customer.example>",
    to=SUPPORT,
    message_id="",
    cites=(),
    date=None,
    **headers,
):
    """Return raw mail; ``message_id=None`` leaves the Message-ID out."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(date or timezone.now())
    if message_id is not None:
        mail["Message-ID"] = f"<{message_id or f'{next(_numbers)}@customer.example'}>"
    if cites:
        mail["In-Reply-To"] = f"<{cites[-1]}>"
        mail["References"] = " ".join(f"<{cited}>" for cited in cites)
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def done(action):
    """Return what an action wrote down; there must be one."""
    assert action is not None
    return action


def receive_and_process(*mails, to=SUPPORT):
    """Take in raw mails and process them; return the ledger's rows."""
    rows = [row for raw in mails for row in receive(raw, recipients=[to])]
    while IncomingMail.objects.waiting().exists():
        process_batch()
    for row in rows:
        row.refresh_from_db()
    return rows


def inbox_of(mailbox):
    """Return what the list of its inbox shows, in order."""
    listing = Listing(BY_NAME[Folder.INBOX], AnonymousUser(), (mailbox.pk,))
    return list(listing.rows(most=1_000))


def a_received_conversation(subject="Where is my parcel?", *, to=SUPPORT, **more):
    """Return a conversation of one new mail; the mailbox must be there."""
    (row,) = receive_and_process(an_email(subject, to=to, **more), to=to)
    return row.message.conversation


def a_thread(number, subject="parcel"):
    """Return a conversation of so many messages, a minute apart, the last just now."""
    first_id = f"0@{subject.lower()}.example"
    receive_and_process(an_email(subject, "Message 0\n", message_id=first_id))
    conversation = Conversation.objects.order_by("-pk").first()
    now = timezone.now()
    first = conversation.messages.get()
    Message.objects.filter(pk=first.pk).update(at=now - timedelta(minutes=number - 1))
    for index in range(1, number):
        message = Message.objects.get(pk=first.pk)
        message.pk = message.incoming_id = None
        message.content_hash = f"{conversation.pk} {index}"
        message.text = message.snippet = f"Message {index}"
        message.at = now - timedelta(minutes=number - 1 - index)
        message.save()
        Score.objects.create(message=message, value=1, threshold=70, at=message.at)
    Conversation.objects.filter(pk=conversation.pk).update(message_count=number)
    return conversation


def a_note(conversation, text="Called the courier", *, by, at=None):
    """Return a note on a conversation."""
    return Note.objects.create(
        conversation=conversation,
        author=by,
        author_name=by.get_username(),
        text=text,
        at=at or timezone.now(),
    )


def a_draft(conversation=None, *, by, mailbox=None, **columns):
    """Return a saved draft of ``by``: an answer in ``conversation``, else a new e-mail.

    An answer quotes nothing, and has seen what there is.
    """
    if conversation is not None:
        messages = list(conversation.messages.in_order())
        kind = columns.pop("kind", Draft.Kind.REPLY)
        draft = answer_to(conversation, messages, kind=kind, by=by)
    else:
        draft = begun(mailbox or Mailbox.objects.get(), by=by)
        draft.to, draft.subject = "Vera Holm <vera@customer.example>", "News"
    given = {"body": "<p>It is on its way.</p>", "has_quote": False} | columns
    for name, value in given.items():
        setattr(draft, name, value)
    return actions.save_draft(draft, by=by)
