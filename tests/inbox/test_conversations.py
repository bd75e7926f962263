"""What a conversation tells, and what brings it back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.answers import Answer
from wagtail_ecp.inbox.models import Conversation, Folder, FolderCounter
from wagtail_ecp.mail.addresses import Address

VERA = Address("Vera Holm", "vera@customer.example")


def answer(html="<p>It is on its way.</p>", **more):
    return Answer(**({"to": [VERA], "subject": "Re: x", "html": html} | more))


def a_conversation():
    receive_and_process(an_email("Parcel", message_id="p@x"))
    return Conversation.objects.get()


@pytest.mark.parametrize("folder", [Folder.ARCHIVE, Folder.TRASH])
def test_a_reply_brings_a_filed_conversation_back_to_the_inbox(alice, folder):
    a_mailbox(repliers=[alice])
    conversation = a_conversation()
    actions.mark_read(conversation, by=alice)
    actions.move_to(folder, conversation, by=alice)

    receive_and_process(an_email("Re: Parcel", cites=["p@x"]))

    conversation.refresh_from_db()
    assert conversation.folder == Folder.INBOX
    assert conversation.is_unread
    assert bool(conversation.came_back_at) == (folder == Folder.TRASH)


def test_a_reply_never_brings_a_conversation_back_from_spam(alice):
    a_mailbox(repliers=[alice])
    conversation = a_conversation()
    actions.move_to(Folder.SPAM, conversation, by=alice)

    receive_and_process(an_email("Re: Parcel", cites=["p@x"]))

    conversation.refresh_from_db()
    assert conversation.folder == Folder.SPAM
    assert conversation.message_count == 2


def test_an_automatic_reply_is_shown_but_reopens_nothing(alice):
    a_mailbox(repliers=[alice])
    conversation = a_conversation()
    actions.move_to(Folder.ARCHIVE, conversation, by=alice)

    receive_and_process(
        an_email("Re: Parcel", cites=["p@x"], Auto_Submitted="auto-replied")
    )

    conversation.refresh_from_db()
    assert conversation.folder == Folder.ARCHIVE
    assert conversation.message_count == 2


def test_a_reply_ends_a_snooze(alice):
    a_mailbox(repliers=[alice])
    conversation = a_conversation()
    conversation.snoozed_until = timezone.now() + timedelta(days=1)
    conversation.save()
    assert conversation.status == Conversation.Status.SNOOZED

    receive_and_process(an_email("Re: Parcel", cites=["p@x"]))

    conversation.refresh_from_db()
    assert conversation.status == Conversation.Status.OPEN


def test_status_follows_who_wrote_last(alice):
    a_mailbox(repliers=[alice])
    conversation = a_conversation()

    message = actions.reply(
        conversation, answer(), answers=conversation.messages.get(), by=alice
    )

    conversation.refresh_from_db()
    assert conversation.status == Conversation.Status.PENDING
    assert conversation.waiting_since is None
    receive_and_process(an_email("Re: Parcel", cites=[message.message_id]))
    conversation.refresh_from_db()
    assert conversation.status == Conversation.Status.OPEN
    assert conversation.waiting_since is not None


def test_the_summary_is_that_of_the_newest_mail_in_any_order(db):
    a_mailbox()
    start = timezone.now() - timedelta(hours=3)
    mails = [
        an_email(
            "Parcel" if not number else "Re: Parcel",
            f"Text {number}\n",
            message_id=f"{number}@x",
            cites=["0@x"] if number else (),
            date=start + timedelta(hours=number),
        )
        for number in range(3)
    ]

    receive_and_process(mails[2], mails[0], mails[1])

    conversation = Conversation.objects.whole().get()
    assert conversation.snippet == "Text 2"
    assert conversation.subject == "Parcel"
    assert conversation.message_count == 3
    assert conversation.waiting_since == conversation.began_at


def test_archiving_moves_the_counters(alice):
    mailbox = a_mailbox(repliers=[alice])
    conversation = a_conversation()

    actions.move_to(Folder.ARCHIVE, conversation, by=alice)

    counted = {
        row.folder: (row.conversations, row.unread)
        for row in FolderCounter.objects.filter(mailbox=mailbox)
    }
    assert counted == {"inbox": (0, 0), "archive": (1, 1)}


def test_a_date_in_the_future_counts_as_now(db):
    a_mailbox()

    receive_and_process(an_email(date=timezone.now() + timedelta(days=3650)))

    assert Conversation.objects.get().last_message_at <= timezone.now()
