"""A mailbox that is purged leaves nothing but its history."""

from datetime import timedelta
from io import StringIO

import django_rq
import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.models import ModelLogEntry

from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.admin.conversation_history import words
from wagtail_ecp.inbox import actions, blobs, purging
from wagtail_ecp.inbox.answers import Answer
from wagtail_ecp.inbox.models import (
    Blob,
    Conversation,
    Folder,
    FolderCounter,
    GroupMailboxPermission,
    IncomingMail,
    Mailbox,
    Message,
    Outbox,
    Source,
)
from wagtail_ecp.inbox.purging import MailboxActiveError, ask_for_purge
from wagtail_ecp.inbox.receiving import receive
from wagtail_ecp.jobs.purge import purge_mailbox
from wagtail_ecp.jobs.sweep import remove_unused_blobs, sweep
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.addresses import Address

SALES = "sales@example.com"
VERA = Address("Vera Holm", "vera@customer.example")


def deactivate(mailbox):
    mailbox.is_active = False
    mailbox.save()
    return mailbox


def purge_all(mailbox):
    """Purge to the end; return in how many pieces."""
    pieces = 1
    while purging.purge(mailbox.pk):
        pieces += 1
    return pieces


def an_answer(conversation, *, by):
    answer = Answer(to=[VERA], subject="Re: x", html="<p>Soon.</p>")
    return actions.reply(conversation, answer, answers=None, by=by)


def stored_files():
    folders, _files = storages["ecp_raw"].listdir("raw")
    return {
        file
        for folder in folders
        for file in storages["ecp_raw"].listdir(f"raw/{folder}")[1]
    }


def test_everything_of_the_mailbox_goes_and_the_history_stays(alice):
    mailbox = a_mailbox(repliers=[alice])
    Source.objects.create(mailbox=mailbox, name="IMAP", host="mail.example", port=993)
    receive_and_process(an_email(message_id="a@x"), an_email("Re: x", cites=["a@x"]))
    receive(b"Subject: not processed yet\n\n", recipients=[mailbox.address])
    an_answer(Conversation.objects.get(), by=alice)
    happened = list(Action.objects.order_by("pk").values_list("pk", "kind"))

    purge_all(deactivate(mailbox))

    for model in (
        *(Mailbox, Conversation, Message, IncomingMail, Outbox, Source),
        *(FolderCounter, GroupMailboxPermission),
    ):
        assert not model.objects.exists(), model
    told = list(Action.objects.order_by("pk").values_list("pk", "kind"))
    assert told[:-1] == happened
    assert told[-1][1] == Action.Kind.PURGED
    assert ModelLogEntry.objects.get(deleted=True).label == str(mailbox)


def test_an_active_mailbox_is_not_purged(db):
    mailbox = a_mailbox()
    receive_and_process(an_email())

    with pytest.raises(MailboxActiveError, match=r"support@example\.com is active"):
        purging.purge(mailbox.pk)

    assert Message.objects.count() == 1


def test_a_mailbox_made_active_again_keeps_what_is_left(db, monkeypatch):
    monkeypatch.setattr(purging, "CONVERSATIONS", 1)
    mailbox = deactivate(a_mailbox())
    Mailbox.objects.update(is_active=True)
    receive_and_process(an_email("One"), an_email("Two"))
    Mailbox.objects.update(is_active=False)
    purging.purge(mailbox.pk)  # The ledger.
    purging.purge(mailbox.pk)  # One conversation.
    Mailbox.objects.update(is_active=True)

    purge_mailbox(mailbox.pk)

    assert Conversation.objects.count() == 1


def test_a_large_mailbox_goes_in_pieces_that_may_be_repeated(db, monkeypatch):
    monkeypatch.setattr(purging, "ROWS", 2)
    monkeypatch.setattr(purging, "CONVERSATIONS", 2)
    mailbox = a_mailbox()
    receive_and_process(*(an_email(f"Number {n}") for n in range(5)))

    pieces = purge_all(deactivate(mailbox))

    assert pieces == 3 + 3 + 1
    assert not purging.purge(mailbox.pk)


def test_counters_are_right_between_two_pieces(db, monkeypatch):
    monkeypatch.setattr(purging, "CONVERSATIONS", 1)
    mailbox = a_mailbox()
    receive_and_process(an_email("One"), an_email("Two"), an_email("Three"))
    deactivate(mailbox)
    purging.purge(mailbox.pk)  # The ledger.

    purging.purge(mailbox.pk)

    counter = FolderCounter.objects.get(mailbox=mailbox, folder=Folder.INBOX)
    assert (counter.conversations, counter.unread) == (2, 2)


def test_raw_mail_goes_at_night_unless_another_mailbox_has_it(db):
    support, sales = a_mailbox(), a_mailbox(SALES)
    shared = an_email("To both")
    receive_and_process(shared, an_email("To support alone"))
    receive_and_process(shared, to=SALES)
    purge_all(deactivate(support))
    Blob.objects.update(last_used_at=timezone.now() - timedelta(days=2))

    remove_unused_blobs()

    kept = Message.objects.get()
    assert kept.mailbox == sales
    assert blobs.read(kept.blob_id) == shared
    assert stored_files() == {kept.blob_id}


def test_merged_conversations_go_with_the_one_that_they_are_part_of(alice):
    mailbox = a_mailbox(repliers=[alice])
    receive_and_process(an_email("One"), an_email("Two"), an_email("Three"))
    one, two, three = Conversation.objects.order_by("pk")
    actions.merge(two, three, by=alice)
    actions.merge(one, two, by=alice)

    purge_all(deactivate(mailbox))

    assert not Conversation.objects.exists()


@pytest.mark.parametrize("first", ["support", "sales"])
def test_mail_merged_with_another_mailboxs_stays_with_that_one(alice, first):
    support, sales = a_mailbox(repliers=[alice]), a_mailbox(SALES, repliers=[alice])
    for to in (support, sales) if first == "support" else (sales, support):
        receive_and_process(an_email(f"To {to.name}"), to=to.address)
    one, two = Conversation.objects.order_by("pk")
    actions.merge(one, two, by=alice)

    purge_all(deactivate(support))

    assert set(Conversation.objects.values_list("mailbox", flat=True)) == {sales.pk}
    two.refresh_from_db()
    assert two.whole == one
    subjects = one.messages.values_list("subject", flat=True)
    assert set(subjects) == {"To Support", "To Sales"}
    assert set(Message.objects.values_list("mailbox", flat=True)) == {sales.pk}
    counter = FolderCounter.objects.get(mailbox=sales, folder=Folder.INBOX)
    assert counter.conversations == 1
    left = Action.objects.filter(kind=Action.Kind.SWITCHED).first()
    if first == "support":  # The whole lay in the mailbox that went.
        assert left is not None
        assert left.mailbox_number == sales.pk
        assert words(left) == "moved it from Support to Sales"
    else:
        assert left is None


def test_of_two_copies_in_one_conversation_the_purged_mailboxs_goes(alice):
    support, sales = a_mailbox(repliers=[alice]), a_mailbox(SALES, repliers=[alice])
    both = an_email("To both")
    receive_and_process(both, to=SALES)
    receive_and_process(both)
    if Conversation.objects.whole().count() > 1:
        actions.merge(*Conversation.objects.order_by("pk"), by=alice)

    purge_all(deactivate(support))

    conversation = Conversation.objects.whole().get()
    assert conversation.messages.get().mailbox == sales
    assert conversation.message_count == 1


def test_the_job_goes_on_in_another_job_when_time_is_up(db, monkeypatch):
    monkeypatch.setattr("wagtail_ecp.jobs.purge.LONGEST", -1.0)
    asked = []
    monkeypatch.setattr(
        "wagtail_ecp.queue.enqueue", lambda job, *args, queue: asked.append(args)
    )
    mailbox = a_mailbox()
    receive_and_process(an_email())
    deactivate(mailbox)

    purge_mailbox(mailbox.pk)

    assert asked == [(mailbox.pk,)]
    assert Conversation.objects.exists()
    assert not IncomingMail.objects.exists()


def test_the_command_deletes_once_the_address_is_typed(db, monkeypatch):
    mailbox = deactivate(a_mailbox())
    monkeypatch.setattr("builtins.input", lambda _prompt: mailbox.address)

    call_command("ecp_purge", "Support@EXAMPLE.com", stdout=StringIO())

    assert not Mailbox.objects.exists()


@pytest.mark.parametrize("typed", ["", "y", "sales@example.com"])
def test_the_command_deletes_nothing_without_the_address(db, monkeypatch, typed):
    mailbox = deactivate(a_mailbox())
    monkeypatch.setattr("builtins.input", lambda _prompt: typed)

    with pytest.raises(CommandError, match="Nothing was deleted"):
        call_command("ecp_purge", mailbox.address, stdout=StringIO())

    assert Mailbox.objects.exists()


def test_the_command_asks_nobody_with_no_input(db):
    mailbox = deactivate(a_mailbox())
    said = StringIO()

    call_command("ecp_purge", mailbox.address, "--no-input", stdout=said)

    assert "support@example.com has been purged." in said.getvalue()


def test_the_command_leaves_the_work_to_a_worker(
    db, settings, django_capture_on_commit_callbacks
):
    settings.WAGTAIL_ECP = {"JOB_QUEUE": "wagtail_ecp.queue.ImmediateQueue"}
    mailbox = deactivate(a_mailbox())

    with django_capture_on_commit_callbacks() as jobs:
        words = "ecp_purge", mailbox.address, "--no-input", "--background"
        call_command(*words, stdout=StringIO())

    assert Mailbox.objects.exists()
    for job in jobs:
        job()
    assert not Mailbox.objects.exists()


@pytest.mark.redis
def test_the_sweep_remembers_a_purge_that_the_queue_forgot(
    db, rq_queues, django_capture_on_commit_callbacks
):
    mailbox = deactivate(a_mailbox())
    ask_for_purge(mailbox)

    with django_capture_on_commit_callbacks(execute=True):
        sweep()

    (job,) = django_rq.get_queue("ecp-bg").jobs
    assert (job.func, tuple(job.args)) == (purge_mailbox, (mailbox.pk,))


@pytest.mark.parametrize(
    ("address", "words"),
    [("support@example.com", "Deactivate"), ("nobody@example.com", "no mailbox")],
)
def test_the_command_says_why_it_can_not(db, address, words):
    a_mailbox()

    with pytest.raises(CommandError, match=words):
        call_command("ecp_purge", address, "--no-input")
