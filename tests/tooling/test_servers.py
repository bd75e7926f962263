import time

import django_rq
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from wagtail.models import Page

from tests import servers
from wagtail_ecp.queue import INCOMING


def leave_a_trace(title):
    """A job; the worker finds it under its dotted path."""
    storages["ecp_raw"].save("trace", ContentFile(title))
    Page.objects.filter(depth=1).update(title=title)


@pytest.mark.redis
@pytest.mark.slow
def test_a_worker_works_on_the_database_and_files_of_its_test(rq_worker):
    rq_worker(INCOMING)

    django_rq.get_queue(INCOMING).enqueue(f"{__name__}.leave_a_trace", "Trace")

    end = time.monotonic() + servers.PATIENCE
    while not Page.objects.filter(depth=1, title="Trace").exists():
        assert time.monotonic() < end, "the job was not done"
        time.sleep(0.05)
    with storages["ecp_raw"].open("trace") as trace:
        assert trace.read() == b"Trace"


@pytest.mark.redis
@pytest.mark.parametrize("_turn", ["first", "second"])
def test_every_test_finds_its_queues_empty(rq_queues, _turn):
    queue = django_rq.get_queue(INCOMING, commit_mode="auto")
    assert queue.count == 0

    queue.enqueue(leave_a_trace, "Left over")


@pytest.mark.chromium
@pytest.mark.slow
def test_chromium_shows_the_admin(chromium, live_server):
    chromium.get(f"{live_server.url}/admin/login/")

    assert "Sign in" in chromium.title


def test_a_failure_shows_what_the_processes_of_its_test_wrote(request, new_log):
    new_log("worker").write_text("No such job")
    call = pytest.CallInfo.from_call(lambda: pytest.fail("never came true"), "call")

    report = request.node.ihook.pytest_runtest_makereport(item=request.node, call=call)

    assert ("worker-0.log", "No such job") in report.sections


def test_a_run_that_requires_servers_ends_without_them(monkeypatch):
    monkeypatch.setenv("ECP_TEST_SERVERS", "required")
    monkeypatch.setitem(servers.MISSING, "redis", lambda: "no Redis here")

    with pytest.raises(pytest.UsageError, match="no Redis here"):
        servers.pytest_configure()
