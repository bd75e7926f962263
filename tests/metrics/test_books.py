"""Facts follow the log: by a job, none skipped, and all at once by a command."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.builders import (
    a_draft,
    a_mailbox,
    a_received_conversation,
    a_user,
    an_email,
    receive_and_process,
)
from wagtail_ecp import queue, signals
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation, Folder, Message
from wagtail_ecp.jobs import metrics as jobs
from wagtail_ecp.jobs import signal_handlers
from wagtail_ecp.journal.actions import record
from wagtail_ecp.journal.models import Action
from wagtail_ecp.metrics import books, history
from wagtail_ecp.metrics.models import Books, Fact

Kind = Fact.Kind
pytestmark = pytest.mark.django_db


@pytest.fixture
def support(alice, bob):
    return a_mailbox(repliers=[alice, bob])


def kinds():
    return set(Fact.objects.values_list("kind", flat=True))


def answer(conversation, *, by, **after):
    draft = a_draft(conversation, by=by)
    return actions.send_draft(
        draft, by=by, version=draft.version, after=actions.Afterwards(**after)
    )


def written():
    jobs.write_facts()
    jobs.rebuild_facts()


def rebuild(*arguments):
    out = StringIO()
    call_command("ecp_rebuild_metrics", *arguments, stdout=out)
    return out.getvalue()


def test_the_job_writes_what_follows_from_mail_and_answer(support, alice):
    conversation = a_received_conversation()
    answer(conversation, by=alice, archives=True)

    jobs.write_facts()

    assert kinds() == {
        *(Kind.RECEIVED, Kind.ENTERED, Kind.LEFT, Kind.SENT, Kind.ANSWERED),
        *(Kind.FIRST_RESPONSE, Kind.RESPONSE, Kind.HANDLED),
        *(Kind.CLOSED, Kind.RESOLVED_FIRST, Kind.RESOLVED),
    }
    response = Fact.objects.get(kind=Kind.RESPONSE)
    assert response.user == alice
    assert response.seconds == response.business_seconds
    assert not books.is_waiting()


def test_what_happens_while_the_job_runs_is_left_to_the_next(support, monkeypatch):
    a_received_conversation()
    find = history.facts_of

    def find_while_it_goes_on(log):
        if not Action.objects.filter(kind="purged").exists():
            record(Action.Kind.PURGED, conversation=99, mailbox=support.pk)
        return find(log)

    monkeypatch.setattr(books, "facts_of", find_while_it_goes_on)
    books.count_waiting()

    waiting = Action.objects.to_be_counted()
    assert [action.kind for action in waiting] == ["purged"]


def test_a_job_that_dies_leaves_everything_to_the_next(support, alice, monkeypatch):
    a_received_conversation()
    before = Action.objects.to_be_counted().count()

    def die(*_args, **_kwargs):
        raise RuntimeError("power")

    with monkeypatch.context() as patched:
        patched.setattr(books, "rows_of", die)
        with pytest.raises(RuntimeError):
            jobs.write_facts()
    assert Action.objects.to_be_counted().count() == before
    assert not Fact.objects.exists()

    jobs.write_facts()

    assert Fact.objects.exists()


def test_a_conversation_that_is_gone_keeps_its_facts(support, alice):
    draft = a_draft(mailbox=support, by=alice)
    message = actions.send_draft(
        draft, by=alice, version=draft.version, undo=timedelta(minutes=1)
    )
    jobs.write_facts()
    assert Kind.SENT in kinds()

    actions.unsend(message, by=alice)
    jobs.write_facts()

    assert not Conversation.objects.exists()
    assert Kind.SENT not in kinds()
    assert Fact.objects.filter(kind=Kind.LEFT).count() == 1


def test_a_batch_bears_its_marks_without_one_more_statement_a_mail(
    support,
):
    with CaptureQueriesContext(connection) as captured:
        receive_and_process(*(an_email(f"Subject {number}") for number in range(5)))

    assert Action.objects.to_be_counted().count() == 5
    table = Action._meta.db_table
    assert sum(table in query["sql"] for query in captured.captured_queries) == 1


def test_the_log_tells_of_a_message_what_numbers_are_made_of(support):
    receive_and_process(an_email(Auto_Submitted="auto-replied"))

    message, action = Message.objects.get(), Action.objects.get(kind="received")
    assert action.data == {
        "at": message.at.isoformat(),
        "stored": message.stored_at.isoformat(),
        "folder": "inbox",
        "is_automatic": True,
    }


def test_who_is_gone_is_still_named(support, alice):
    dora = a_user("dora")
    conversation = a_received_conversation()
    told = {"to": "dora", "key": str(dora.pk)}
    record(
        Action.Kind.ASSIGNED,
        conversation=conversation.pk,
        mailbox=support.pk,
        by=alice,
        data=told,
    )
    dora.delete()

    jobs.write_facts()

    fact = Fact.objects.get(kind=Kind.ASSIGNED)
    assert (fact.user, fact.user_name) == (None, "dora")


def test_rebuilding_finds_no_difference_and_says_so(support, alice):
    answer(a_received_conversation(), by=alice)
    written()

    assert "0 facts differed" in rebuild()


def test_rebuilding_repairs_and_counts_what_is_wrong(support, alice):
    answer(a_received_conversation(), by=alice)
    written()
    right = Fact.objects.count()
    Fact.objects.filter(kind=Kind.RESPONSE).update(seconds=12345)
    Fact.objects.filter(kind=Kind.RECEIVED).delete()
    Fact.objects.create(
        kind=Kind.CLOSED,
        at=timezone.now(),
        day=date(2026, 1, 1),
        hour=1,
        mailbox_number=support.pk,
        conversation_number=999,
        action_number=1,
    )

    assert "3 facts differed" in rebuild()

    assert Fact.objects.count() == right
    assert "0 facts differed" in rebuild()


def test_rebuilding_that_was_stopped_goes_on_where_it_was(support, monkeypatch):
    monkeypatch.setattr(books, "CONVERSATIONS", 2)
    receive_and_process(*(an_email(f"Subject {number}") for number in range(5)))
    written()
    Fact.objects.filter(kind=Kind.RECEIVED).delete()

    assert not books.rebuild_piece().is_done

    assert Fact.objects.filter(kind=Kind.RECEIVED).count() == 2
    assert "5 facts differed" in rebuild()
    assert Books.objects.get().rebuilt_to is None


def test_after_an_upgrade_the_sweep_has_everything_rebuilt(support, alice):
    a_received_conversation()
    Action.objects.update(is_to_be_counted=False)

    assert books.is_rebuild_due()
    jobs.rebuild_facts()

    assert Fact.objects.filter(kind=Kind.RECEIVED).count() == 1
    assert not books.is_rebuild_due()


@pytest.mark.parametrize("signal", ["message_sent", "conversation_assigned"])
def test_what_happens_wakes_the_job(signal):
    handlers = list(getattr(signals, signal)._live_receivers(None)[0])

    assert signal_handlers.on_something_counted in handlers


def test_the_sweep_finds_what_no_job_remembers(
    support, monkeypatch, django_capture_on_commit_callbacks
):
    written()
    a_received_conversation()
    asked = []
    monkeypatch.setattr(
        queue, "enqueue", lambda job, *_args, **_more: asked.append(job)
    )

    jobs.sweep_facts()

    assert asked == [jobs.write_facts]


def on(moment, support):
    """Have a mail come in then, by the log."""
    record(Action.Kind.RECEIVED, conversation=1, message=1, mailbox=support.pk)
    Action.objects.filter(kind="received").update(at=moment)


@pytest.mark.parametrize(
    ("zone", "moment", "day", "hour"),
    [
        # The last hour of a short and of a long day, and the one after midnight.
        ("America/Los_Angeles", (2026, 3, 9, 6, 59), date(2026, 3, 8), 23),
        ("America/Los_Angeles", (2026, 3, 9, 7, 0), date(2026, 3, 9), 0),
        ("America/Los_Angeles", (2026, 11, 2, 7, 59), date(2026, 11, 1), 23),
        ("America/Los_Angeles", (2026, 11, 1, 9, 30), date(2026, 11, 1), 1),
        # A day that begins at one o'clock.
        ("America/Santiago", (2026, 9, 6, 3, 59), date(2026, 9, 5), 23),
        ("America/Santiago", (2026, 9, 6, 4, 0), date(2026, 9, 6), 1),
    ],
)
def test_days_are_those_of_the_accounts_zone(support, zone, moment, day, hour):
    Account.objects.update(time_zone=zone)

    on(datetime(*moment).replace(tzinfo=UTC), support)  # noqa: DTZ001

    written()

    fact = Fact.objects.get(kind=Kind.RECEIVED)
    assert (fact.day, fact.hour) == (day, hour)


def test_another_zone_of_the_account_changes_the_days_by_a_job(support):
    Account.objects.update(time_zone="America/Los_Angeles")
    on(datetime(2026, 6, 2, 3, tzinfo=UTC), support)
    written()
    assert Fact.objects.get(kind=Kind.RECEIVED).day == date(2026, 6, 1)

    Account.objects.update(time_zone="Europe/Berlin")
    assert books.is_rebuild_due()
    jobs.rebuild_facts()

    assert Fact.objects.get(kind=Kind.RECEIVED).day == date(2026, 6, 2)
    assert not books.is_rebuild_due()


def test_what_is_closed_by_moving_it_counts_for_who_did(support, bob):
    conversation = a_received_conversation()
    actions.move_to(Folder.ARCHIVE, conversation, by=bob)

    jobs.write_facts()

    assert Fact.objects.get(kind=Kind.CLOSED).user == bob
