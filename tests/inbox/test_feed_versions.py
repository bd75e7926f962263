"""What has changed is known by its version; what is news stands in its mailbox's feed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import (
    a_draft,
    a_mailbox,
    a_received_conversation,
    an_email,
    done,
    receive_and_process,
)
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions, feed_versions
from wagtail_ecp.inbox.actions.undoing import undo
from wagtail_ecp.inbox.models import (
    Conversation,
    Folder,
    FolderCounter,
    IncomingMail,
    Mailbox,
    Message,
    Tag,
)
from wagtail_ecp.inbox.processing import process_batch
from wagtail_ecp.inbox.receiving import receive
from wagtail_ecp.journal.models import Action
from wagtail_ecp.spam.models import Mark

SALES = "sales@example.com"


@pytest.fixture
def support(alice, bob):
    return a_mailbox(repliers=[alice, bob])


@pytest.fixture
def conversation(support):
    return a_received_conversation(message_id="first@x")


def version(mailbox):
    return feed_versions.of_mailboxes(Mailbox.objects.filter(pk=mailbox.pk))[mailbox.pk]


def news(mailbox):
    return [message.subject for message in Message.objects.news(mailbox)][::-1]


def a_mail_more(conversation, alice):
    receive_and_process(an_email("Re: parcel", cites=["first@x"]))


def a_note(conversation, alice):
    actions.add_note(conversation, "Called", by=alice)


def a_note_changed(conversation, alice):
    a_note(conversation, alice)
    actions.change_note(conversation.notes.get(), "Called again", by=alice)


def a_tag(conversation, alice):
    actions.tag(conversation, ["order"], by=alice)


def a_tag_off(conversation, alice):
    a_tag(conversation, alice)
    actions.untag(conversation, [Tag.objects.get()], by=alice)


def assigned(conversation, alice):
    actions.assign(conversation, to=alice, by=alice)


def read(conversation, alice):
    actions.mark_read(conversation, by=alice)


def starred(conversation, alice):
    actions.star(conversation, by=alice)


def followed(conversation, alice):
    actions.follow(conversation, by=alice)


def snoozed(conversation, alice):
    then = timezone.now() + timedelta(days=1)
    actions.snooze(conversation, until=then, by=alice)


def archived(conversation, alice):
    actions.move_to(Folder.ARCHIVE, conversation, by=alice)


def trashed(conversation, alice):
    actions.move_to(Folder.TRASH, conversation, by=alice)


def marked(conversation, alice):
    actions.mark(conversation, Mark.Verdict.SPAM, by=alice)


def answered(conversation, alice):
    draft = a_draft(conversation, by=alice)
    actions.send_draft(draft, by=alice, version=draft.version, has_seen=10**9)


def drafted(conversation, alice):
    a_draft(conversation, by=alice)


CHANGES = (
    *(a_mail_more, a_note, a_note_changed, a_tag, a_tag_off, assigned, read, starred),
    *(followed, snoozed, archived, trashed, marked, answered, drafted),
)


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_gives_conversation_and_mailbox_a_new_version(
    change, support, conversation, alice
):
    conversation.refresh_from_db()
    before = version(support)

    change(conversation, alice)

    changed = Conversation.objects.get()
    assert changed.version > conversation.version
    assert changed.changed_at > conversation.changed_at
    assert version(support).mark != before.mark
    assert version(support).changed_at > before.changed_at


def test_looking_at_a_conversation_changes_no_version(
    support, conversation, alice, client
):
    actions.mark_read(conversation, by=alice)
    before = version(support)
    client.force_login(alice)

    client.get(f"/admin/mail/conversations/{conversation.pk}/")

    assert version(support) == before


def test_a_tag_that_is_renamed_concerns_all_that_bear_it(support, conversation, alice):
    a_tag(conversation, alice)
    alice.is_superuser = True
    before, number = version(support), Conversation.objects.get().version

    actions.rename_tag(Tag.objects.get(), "orders", by=alice)

    assert Conversation.objects.get().version > number
    assert version(support).mark != before.mark
    assert version(support).changed_at > before.changed_at


def test_a_contact_that_is_added_concerns_their_conversations(
    support, conversation, alice
):
    before, number = version(support), Conversation.objects.get().version

    actions.add_contact(conversation.messages.get(), by=alice)

    assert Conversation.objects.get().version > number
    assert version(support).mark != before.mark
    assert version(support).changed_at > before.changed_at


def test_moving_to_another_mailbox_concerns_both(support, conversation, alice):
    sales = a_mailbox(SALES, repliers=[alice])
    before = version(support), version(sales)

    actions.switch(conversation, to=sales, by=alice)

    assert version(support).mark != before[0].mark
    assert version(sales).mark != before[1].mark


def test_splitting_concerns_what_is_left(support, conversation, alice):
    a_mail_more(conversation, alice)
    conversation.refresh_from_db()
    last = conversation.messages.order_by("-pk").first()
    before = version(support)

    part, _action = actions.split(last, by=alice)

    assert Conversation.objects.get(pk=conversation.pk).version > conversation.version
    assert version(support).mark != before.mark
    assert version(support).changed_at > before.changed_at
    actions.merge(conversation, part, by=alice)
    assert Conversation.objects.get(pk=part.pk).version > part.version


def test_spam_that_comes_in_changes_no_folder_that_feeds_show(support, conversation):
    shown = FolderCounter.objects.exclude(folder="spam").order_by("pk")
    before = list(shown.values_list("version", flat=True))
    Account.objects.update(spam_threshold=0)

    junk = a_received_conversation("Win", sender="win@spam.example")

    assert junk.folder == "spam"
    assert list(shown.values_list("version", flat=True)) == before
    assert news(support) == ["Where is my parcel?"]


# News


def test_what_comes_in_is_news_of_its_mailbox(support, conversation, alice):
    answered(conversation, alice)

    assert news(support) == ["Where is my parcel?"]


@pytest.mark.parametrize("junk", [Folder.SPAM, Folder.TRASH])
def test_junk_is_no_news_until_it_comes_back(support, conversation, alice, junk):
    moved = done(actions.move_to(junk, conversation, by=alice))
    assert news(support) == []

    undo(moved, by=alice)

    assert news(support) == ["Where is my parcel?"]


def test_archiving_leaves_news_where_it_is(support, conversation, alice):
    archived(conversation, alice)

    assert news(support) == ["Where is my parcel?"]


def test_a_reply_that_brings_a_conversation_back_brings_all_its_news(
    support, conversation, alice
):
    trashed(conversation, alice)

    a_mail_more(conversation, alice)

    assert news(support) == ["Where is my parcel?", "Re: parcel"]


def test_what_goes_to_another_mailbox_is_news_there(support, conversation, alice):
    sales = a_mailbox(SALES, repliers=[alice])

    actions.switch(conversation, to=sales, by=alice)
    a_mail_more(conversation, alice)

    assert news(support) == []
    assert news(sales) == ["Where is my parcel?", "Re: parcel"]


def test_merged_mail_is_news_where_the_whole_lies(support, conversation, alice):
    other = a_received_conversation("Other")
    trashed(other, alice)
    assert news(support) == ["Where is my parcel?"]

    actions.merge(conversation, other, by=alice)
    assert news(support) == ["Where is my parcel?", "Other"]

    actions.unmerge(conversation.merges.get(), by=alice)
    assert Conversation.objects.get(pk=other.pk).folder == "trash"
    assert news(support) == ["Where is my parcel?"]


def test_mail_from_before_the_mailbox_was_connected_is_no_news(support, alice):
    receive(an_email("Old"), recipients=[support.address])
    IncomingMail.objects.update(is_history=True)
    process_batch()
    old = Conversation.objects.get()
    trashed(old, alice)

    undo(Action.objects.get(kind="changed-folder"), by=alice)

    assert news(support) == []
