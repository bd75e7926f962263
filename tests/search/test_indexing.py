"""What goes into the search index, and when."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from tests.builders import a_mailbox, a_user, an_email, receive_and_process
from tests.search.searching import found_by
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation, Note
from wagtail_ecp.inbox.purging import purge
from wagtail_ecp.inbox.search import indexing
from wagtail_ecp.inbox.search.documents import WORDS, documents
from wagtail_ecp.jobs.search import index_conversations
from wagtail_ecp.jobs.sweep import sweep

pytestmark = pytest.mark.django_db

IMMEDIATE = override_settings(
    WAGTAIL_ECP={"JOB_QUEUE": "wagtail_ecp.queue.ImmediateQueue"}
)


@pytest.fixture
def alice():
    return a_user("alice")


@pytest.fixture
def mailbox(alice):
    return a_mailbox(repliers=[alice])


def test_new_mail_can_be_found_once_its_job_ran(alice, mailbox):
    receive_and_process(an_email("Where is my parcel?"))
    [conversation] = Conversation.objects.all()

    assert found_by(alice, "parcel", is_indexed=False) == []
    index_conversations()

    assert found_by(alice, "parcel", is_indexed=False) == [conversation.pk]
    conversation.refresh_from_db()
    assert not conversation.is_to_be_indexed


def test_the_job_follows_from_the_mail(
    alice, mailbox, django_capture_on_commit_callbacks
):
    with IMMEDIATE, django_capture_on_commit_callbacks(execute=True):
        receive_and_process(an_email("Where is my parcel?"))

    assert len(found_by(alice, "parcel", is_indexed=False)) == 1


def test_the_sweep_finds_what_no_job_remembers(
    alice, mailbox, django_capture_on_commit_callbacks
):
    receive_and_process(an_email("Where is my parcel?"))

    with IMMEDIATE, django_capture_on_commit_callbacks(execute=True):
        sweep()

    assert len(found_by(alice, "parcel", is_indexed=False)) == 1


def test_a_change_while_indexing_is_not_lost(alice, mailbox, monkeypatch):
    receive_and_process(an_email("Where is my parcel?"))
    [conversation] = Conversation.objects.all()
    index_conversations()
    Note.objects.create(conversation=conversation, text="courier called")

    # What a colleague's transaction does that ends after the job's.
    Conversation.objects.update(is_to_be_indexed=True)
    index_conversations()

    assert found_by(alice, "courier", is_indexed=False) == [conversation.pk]


def test_what_changed_is_in_the_index_once_and_with_its_new_words(alice, mailbox):
    receive_and_process(an_email("Parcel", message_id="1@x"))
    index_conversations()
    receive_and_process(an_email("Re: Parcel", "It came.", cites=["1@x"]))
    index_conversations()

    assert len(found_by(alice, "parcel", is_indexed=False)) == 1
    assert len(found_by(alice, "came", is_indexed=False)) == 1


def test_what_became_part_of_another_is_found_there_alone(alice, mailbox):
    receive_and_process(an_email("Parcel"), an_email("Invoice"))
    index_conversations()
    one, other = Conversation.objects.order_by("pk")

    actions.merge(one, other, by=alice)
    Conversation.objects.update(is_to_be_indexed=True)
    index_conversations()

    assert found_by(alice, "invoice", is_indexed=False) == [one.pk]


def test_what_is_purged_leaves_nothing_behind(alice, mailbox):
    from modelsearch.conf import get_app_config

    receive_and_process(an_email("Parcel"))
    index_conversations()
    entries = get_app_config().get_model("IndexEntry").objects
    number = str(Conversation.objects.get().pk)
    assert entries.filter(object_id=number).exists()

    mailbox.is_active = False
    mailbox.save()
    while purge(mailbox.pk):
        pass

    assert not entries.filter(object_id=number).exists()


def test_a_long_conversation_has_an_end_in_the_index(alice, mailbox):
    [row] = receive_and_process(an_email("Long", "first " + "word " * 60_000 + "last"))
    conversation = row.message.conversation

    [document] = documents([conversation])

    assert len(f"{document.head} {document.body}".split()) <= WORDS
    assert found_by(alice, "first") == [conversation.pk]
    assert found_by(alice, "last") == []


def test_documents_cost_the_same_for_one_and_for_many(
    alice, mailbox, django_assert_num_queries
):
    receive_and_process(*(an_email(f"Parcel {number}") for number in range(12)))

    for many in (1, 12):
        with django_assert_num_queries(4):
            documents(list(Conversation.objects.all()[:many]))


def test_the_command_indexes_what_waits_and_says_so(alice, mailbox):
    receive_and_process(an_email("Parcel"), an_email("Invoice"))
    out = StringIO()

    call_command("ecp_index", stdout=out)

    assert "2 indexed; none is left." in out.getvalue()
    assert len(found_by(alice, "parcel", is_indexed=False)) == 1


def test_the_command_builds_a_lost_index_anew(alice, mailbox):
    receive_and_process(an_email("Parcel"))
    index_conversations()
    indexing.forget(Conversation.objects.values_list("pk", flat=True))
    assert found_by(alice, "parcel", is_indexed=False) == []

    call_command("ecp_index", all=True, stdout=StringIO())

    assert len(found_by(alice, "parcel", is_indexed=False)) == 1


def test_the_command_goes_on_where_it_was_stopped(alice, mailbox, monkeypatch):
    receive_and_process(*(an_email(f"Parcel {number}") for number in range(5)))
    monkeypatch.setattr(indexing, "BATCH", 2)
    monkeypatch.setattr(indexing, "FRESH", 1)
    indexing.index_waiting()

    out = StringIO()
    call_command("ecp_index", stdout=out)

    assert "3 indexed; none is left." in out.getvalue()
    assert len(found_by(alice, "parcel", is_indexed=False)) == 5


def test_the_sites_own_rebuilding_leaves_our_entries_alone(alice, mailbox):
    receive_and_process(an_email("Parcel"))
    index_conversations()

    call_command("rebuild_modelsearch_index", stdout=StringIO())

    assert len(found_by(alice, "parcel", is_indexed=False)) == 1


def test_saving_a_conversation_touches_no_index(mailbox, django_assert_num_queries):
    receive_and_process(an_email("Parcel"))
    conversation = Conversation.objects.get()

    with transaction.atomic(), django_assert_num_queries(1):
        conversation.save(update_fields=["is_unread"])
