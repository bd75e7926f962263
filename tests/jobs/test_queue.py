"""A job is a wake-up call: lost ones are found by the sweep."""

from datetime import timedelta

import django_rq
import pytest
from django.db.models.functions import Now
from django.utils import timezone

from tests.builders import SUPPORT, a_mailbox, an_email
from wagtail_ecp import queue
from wagtail_ecp.inbox.models import Blob, IncomingMail, Source
from wagtail_ecp.inbox.receiving import receive
from wagtail_ecp.jobs.receive import process_incoming
from wagtail_ecp.jobs.sweep import remove_unused_blobs, sweep, visit_sources

redis = pytest.mark.redis


def waiting(name):
    return [job.func_name.rpartition(".")[2] for job in django_rq.get_queue(name).jobs]


@redis
def test_received_mail_wakes_a_worker_after_the_commit(
    db, rq_queues, django_capture_on_commit_callbacks
):
    a_mailbox()

    with django_capture_on_commit_callbacks() as callbacks:
        receive(an_email(), recipients=[SUPPORT])

    assert waiting("ecp-in") == []
    with django_capture_on_commit_callbacks(execute=True):
        for callback in callbacks:
            callback()
    assert waiting("ecp-in") == ["process_incoming"]


@redis
def test_a_hundred_mails_make_two_jobs(
    db, rq_queues, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(100):
            queue.enqueue(process_incoming, queue=queue.INCOMING)

    assert len(waiting("ecp-in")) <= 2


def test_a_lost_queue_loses_no_mail_and_raises_nothing(
    db, django_capture_on_commit_callbacks
):
    a_mailbox()

    with django_capture_on_commit_callbacks(execute=True):
        receive(an_email(), recipients=[SUPPORT])

    assert IncomingMail.objects.waiting().count() == 1


@redis
def test_the_sweep_finds_forgotten_mail(
    db, rq_queues, django_capture_on_commit_callbacks
):
    a_mailbox()
    receive(an_email(), recipients=[SUPPORT])

    with django_capture_on_commit_callbacks(execute=True):
        sweep()

    assert waiting("ecp-in") == ["process_incoming"]


@redis
def test_the_sweep_leaves_claimed_mail_to_its_worker(
    db, rq_queues, django_capture_on_commit_callbacks
):
    a_mailbox()
    receive(an_email(), recipients=[SUPPORT])
    IncomingMail.objects.update(
        lease_owner="x", lease_until=Now() + timedelta(minutes=1)
    )

    with django_capture_on_commit_callbacks(execute=True):
        sweep()

    assert waiting("ecp-in") == []


@redis
def test_active_sources_are_visited(db, rq_queues, django_capture_on_commit_callbacks):
    mailbox = a_mailbox()
    for name, is_active in (("on", True), ("off", False)):
        Source.objects.create(
            mailbox=mailbox, name=name, host="h", port=993, is_active=is_active
        )

    with django_capture_on_commit_callbacks(execute=True):
        visit_sources()

    assert waiting("ecp-in") == ["fetch_source"]


def test_only_raw_mail_that_nothing_refers_to_is_removed(db):
    a_mailbox()
    receive(an_email("Kept"), recipients=[SUPPORT])
    (gone,) = receive(an_email("Gone"), recipients=[SUPPORT])
    gone.delete()
    (young,) = receive(an_email("Young"), recipients=[SUPPORT])
    young_blob = young.blob_id
    young.delete()
    yesterday = timezone.now() - timedelta(days=2)
    Blob.objects.exclude(pk=young_blob).update(last_used_at=yesterday)

    remove_unused_blobs()

    assert Blob.objects.count() == 2
    assert gone.blob_id not in Blob.objects.values_list("pk", flat=True)


@redis
def test_what_is_for_later_waits_for_the_scheduler_and_keeps_nobody_from_doing_it_now(
    db, rq_queues, django_capture_on_commit_callbacks
):
    begin = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            queue.enqueue(process_incoming, queue=queue.INCOMING, delay=10)

    assert waiting("ecp-in") == []
    later = django_rq.get_queue("ecp-in").scheduled_job_registry
    [job_id] = later.get_job_ids()
    # A job that comes a moment early finds nothing due, and nobody calls again.
    assert later.get_scheduled_time(job_id) >= begin + timedelta(seconds=10)
    assert later.get_scheduled_time(job_id) <= timezone.now() + timedelta(seconds=11)
    with django_capture_on_commit_callbacks(execute=True):
        queue.enqueue(process_incoming, queue=queue.INCOMING)
    assert waiting("ecp-in") == ["process_incoming"]
