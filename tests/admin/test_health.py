"""The Health screen and ``ecp_doctor``: what works, and what needs a person."""

import socket
import time
from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.utils import timezone
from rq import SimpleWorker

from tests.admin.queries import queries_of
from tests.builders import a_mailbox, a_user, an_account
from wagtail_ecp.accounts import installation
from wagtail_ecp.accounts.models import Account, Installation
from wagtail_ecp.inbox.models import Source
from wagtail_ecp.jobs import workers
from wagtail_ecp.queue import QUEUES, QueueState

pytestmark = pytest.mark.django_db

URL = "/admin/mail/health/"


@pytest.fixture
def olga(db):
    """Owns the account."""
    owner = a_user("olga")
    an_account(owner)
    return owner


@pytest.fixture
def admin(alice):
    """Administers the e-mail centre and reads no mail."""
    alice.user_permissions.add(Permission.objects.get(codename="administer_ecp"))
    return alice


@pytest.fixture
def all_well(olga, settings, monkeypatch):
    """Let everything work, on a queue whose workers are only said to live."""
    settings.EMAIL_USE_TLS = True
    installation.check()
    installation.beat()
    states = [QueueState(name=name, workers=1, waiting=0) for name in QUEUES]
    monkeypatch.setattr("wagtail_ecp.queue.states", lambda: states)


def doctor(*arguments):
    said = StringIO()
    call_command("ecp_doctor", *arguments, stdout=said, no_color=True)
    return said.getvalue()


def test_all_is_well_says_what_was_looked_at_and_when(browse, admin, all_well):
    soup = browse(admin)(URL)

    assert soup.select_one(".ecp-health-summary h2").text == "All is well"
    assert "Looked at" in soup.select_one(".ecp-health-summary p").text
    looked_at = [part.text for part in soup.select(".ecp-working dt")]
    assert {"Queue and workers", "Clock", "Account owner"} <= set(looked_at)
    assert soup.select(".ecp-finding") == []


def test_trouble_comes_with_the_servers_words_and_one_button(browse, admin, all_well):
    Source.objects.create(
        mailbox=a_mailbox(),
        name="Ours",
        host="imap.example.com",
        port=993,
        last_error="NO <wrong> password",
        last_success_at=timezone.now(),
    )

    [trouble] = browse(admin)(URL).select(".ecp-finding--error")

    assert "Source “Ours” of Support" in trouble.h3.text
    assert trouble.pre.text == "NO <wrong> password"
    assert [link.text for link in trouble.select("a")] == ["Edit the source"]


def test_button_that_leads_nowhere_for_the_reader_is_left_out(
    browse, admin, olga, all_well
):
    Account.objects.update(closed_at=timezone.now())

    [for_admin] = browse(admin)(URL).select(".ecp-finding")
    [for_owner] = browse(olga)(URL).select(".ecp-finding")

    assert for_admin.a is None
    assert for_owner.a["href"] == "/admin/mail/account/"


@pytest.mark.parametrize("person", ["olga", "admin"])
def test_owner_and_administrators_find_it_in_the_menu(
    client, request, all_well, person
):
    client.force_login(request.getfixturevalue(person))

    assert URL in client.get("/admin/").content.decode()


def test_members_do_not_see_it(client, bob, all_well):
    a_mailbox(managers=[bob])
    client.force_login(bob)

    assert client.get(URL).url == "/admin/"


def test_page_costs_the_same_however_much_is_wrong(client, admin, all_well):
    client.force_login(admin)
    mailbox = a_mailbox()

    def fail(name):
        Source.objects.create(
            mailbox=mailbox, name=name, host="h.example", port=993, last_error="refused"
        )

    fail("one")
    before = len(queries_of(client, URL))
    for number in range(20):
        fail(str(number))

    assert len(queries_of(client, URL)) == before
    assert before <= 45


def test_limits_that_are_exceeded_are_said(browse, admin, all_well, settings):
    levels = {"free": {"label": "Free", "allows": ["ssl"], "limits": {"mailboxes": 1}}}
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "SERVICE_LEVELS": levels}
    a_mailbox("one@example.com")
    a_mailbox("two@example.com")

    [trouble] = browse(admin)(URL).select(".ecp-finding--warning")

    assert "2 in use, 1 allowed" in trouble.text


# Queue, workers and clock


def test_queue_without_workers_is_named(browse, admin, all_well, monkeypatch):
    states = [QueueState(name="ecp-in", workers=0, waiting=3)]
    monkeypatch.setattr("wagtail_ecp.queue.states", lambda: states)

    [trouble] = browse(admin)(URL).select(".ecp-finding--error")

    assert "Workers of ecp-in" in trouble.text
    assert "rqworker ecp-in" in trouble.text
    assert "3 jobs wait" in trouble.text


@pytest.mark.parametrize("beat_at", [None, "2026-01-01T00:00:00Z"])
def test_clock_that_stands_still_is_said(browse, admin, all_well, beat_at):
    Installation.objects.update(beat_at=beat_at)

    [trouble] = browse(admin)(URL).select(".ecp-finding--error")

    assert "Stands still" in trouble.text
    assert bool(trouble.time) == bool(beat_at)


def test_redis_that_refuses_is_said_with_its_words(olga):
    with pytest.raises(workers.UnreachableError):
        workers.look()


@pytest.fixture
def silent_redis(settings):
    """Take connections for Redis, and never say a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as server:
        port = server.getsockname()[1]
        url = f"redis://127.0.0.1:{port}/0"
        settings.RQ_QUEUES = {name: {"URL": url} for name in settings.RQ_QUEUES}
        yield


def test_redis_that_never_answers_does_not_hold_the_page_up(
    browse, admin, olga, silent_redis
):
    get = browse(admin)
    get("/admin/")
    began = time.monotonic()

    page = get(URL)

    assert time.monotonic() - began < workers.PATIENCE + 1.5
    assert "Redis can't be reached" in page.text
    assert "It does not answer." in page.text


def test_site_with_another_queue_is_not_asked_for_workers(olga, settings):
    other = {"JOB_QUEUE": "wagtail_ecp.queue.ImmediateQueue"}
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, **other}

    assert workers.look() == []


@pytest.mark.redis
def test_living_workers_and_waiting_jobs_are_counted(rq_queues):
    import django_rq

    queue = django_rq.get_queue("ecp-in")
    worker = SimpleWorker([queue], connection=queue.connection, name="one")
    worker.register_birth()

    states = {state.name: state for state in workers.look()}

    assert states["ecp-in"] == QueueState(name="ecp-in", workers=1, waiting=0)
    assert states["ecp-out"].workers == 0

    # Killed: it stays registered, and its own key runs out.
    queue.connection.delete(worker.key)
    assert [state.workers for state in workers.look()] == [0, 0, 0]


# ecp_doctor


def test_doctor_is_content_while_all_is_well(all_well):
    said = doctor("--files")

    assert "ok: Clock: Runs." in said
    assert said.endswith("Nothing needs a person now.\n")


def test_doctor_fails_and_says_what_health_says(all_well):
    Installation.objects.update(beat_at=None)

    with pytest.raises(CommandError, match="1 findings that need a person"):
        doctor()


def test_doctor_does_not_fail_for_a_warning(all_well):
    Account.objects.update(receives_only=True)

    assert "warning: Account: Mail comes in, and nothing is sent" in doctor()
