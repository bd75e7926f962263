"""Starts the whole sandbox, as ``python3 -m sandbox`` does after its bootstrap."""

import http.cookiejar
import json
import os
import re
import signal
import smtplib
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from sandbox import ports
from sandbox.demo import progress
from wagtail_ecp.management import sessions

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0
COUNT = """
import json
from django.contrib.auth import get_user_model
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.models import Conversation, IncomingMail, Mailbox, Message
users = get_user_model().objects.filter(is_superuser=True)
print("COUNTED", json.dumps({
    "accounts": Account.objects.count(),
    "mailboxes": Mailbox.objects.count(),
    "subjects": list(Message.objects.values_list("subject", flat=True)),
    "worked_on": Conversation.objects.exclude(taggings=None).count(),
    "superusers": [user.get_username() for user in users],
    "waiting": IncomingMail.objects.exclude(state__in=["stored", "duplicate"]).count(),
}))
"""

pytestmark = [
    *(pytest.mark.slow, pytest.mark.redis),
    pytest.mark.xdist_group("sandbox"),  # One home for all of them.
]


class Sandbox:
    """A sandbox in a process of its own, and the lines that it has written."""

    def __init__(self, home, *options):
        self.home = home
        self.lines = []
        self.process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "sandbox.run", "--home", str(home), *options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def line(self, pattern):
        """Wait for a line that ``pattern`` matches; return the match."""
        end = time.monotonic() + PATIENCE
        while True:
            for line in list(self.lines):
                if match := re.search(pattern, line):
                    return match
            assert self._reader.is_alive(), "\n".join(self.lines)
            assert time.monotonic() < end, "\n".join(self.lines)
            time.sleep(0.05)

    def pids(self):
        """Process ids of the children, as the sandbox printed them."""
        words = self.line(r"^Running  (.*)")[1].split(", ")
        return {name: int(pid) for name, pid in map(str.split, words)}

    def end(self, number=signal.SIGINT):
        """Send a signal; return the exit code when all output has ended."""
        self.process.send_signal(number)
        code = self.process.wait(60)
        self._reader.join(60)
        self.process.stdout.close()
        return code

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))


@pytest.fixture
def start(monkeypatch):
    """Start sandboxes on free ports; they end with the test."""
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    started = []

    def start(home, *options):
        chosen = [
            "--port", ports.any_free(),
            "--smtp-port", ports.any_free(),
            "--catcher-port", ports.any_free(),
        ]  # fmt: skip
        started.append(Sandbox(home, *map(str, chosen), *options))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.end()


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """Homes that this module's tests have started in, by kind."""
    return tmp_path_factory.mktemp("sandbox")


@pytest.fixture
def home(homes, start):
    """A home with the demo; making its database takes long, so tests share it."""
    place = homes / "demo"
    if not place.exists():
        first = start(place)
        first.line("^Ready:")
        first.end()
    return place


def counted(home):
    """Ask the sandbox's database, from outside, for what it holds."""
    answer = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "sandbox/manage.py", "shell", "-v", "0", "-c", COUNT],
        cwd=ROOT,
        env={**os.environ, "SANDBOX_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout.rpartition("COUNTED")[2])


def wait_for_subject(home, subject):
    end = time.monotonic() + PATIENCE
    while subject not in counted(home)["subjects"]:
        assert time.monotonic() < end, f"{subject} does not arrive"


def read(url):
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - loopback
        return answer.read().decode()


def write_through_the_form(url, **answers):
    """Fill in the contact form as a browser does; return the page that follows."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(jar)
    page = browser.open(url).read().decode()
    (token,) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    data = urllib.parse.urlencode({**answers, "csrfmiddlewaretoken": token})
    return browser.open(url, data.encode()).read().decode()


def test_the_demo_arrives_through_the_listener_and_is_all_stored(start, home):
    running = start(home)
    running.line("^Ready: http://127.0.0.1:")

    end = time.monotonic() + PATIENCE
    while not progress.is_complete(home) or counted(home)["waiting"]:
        assert time.monotonic() < end, "\n".join(running.lines)

    found = counted(home)
    assert len(found["subjects"]) >= progress.read(home).total >= 200
    assert "Can I bring my own paper?" in found["subjects"]  # From the contact form.
    assert found["worked_on"] >= 15
    assert running.end() == 0


def test_killed_children_are_started_again_and_mail_goes_on(start, home):
    running = start(home)
    running.line("^Ready:")
    smtp_port = int(running.line(r"^SMTP     127\.0\.0\.1:(\d+)")[1])
    pids = running.pids()

    for name in ("ecp-in", "listener", "redis"):
        os.kill(pids[name], signal.SIGKILL)
        running.line(f"^{name} was ended by SIGKILL; it is started again")
    end = time.monotonic() + PATIENCE
    while not ports.answers(smtp_port):
        assert time.monotonic() < end, "the listener does not come back"
    with smtplib.SMTP("127.0.0.1", smtp_port) as server:
        text = "From: a@example.org\nSubject: After the crash\n\nHello"
        server.sendmail("a@example.org", ["support@sandbox.test"], text)

    wait_for_subject(home, "After the crash")
    assert running.end(signal.SIGTERM) == 0


def test_pages_are_served_and_the_contact_form_sends_mail(start, home):
    running = start(home)
    site = running.line("^Ready: (http.*)/admin/")[1]

    assert "Printed by hand" in read(f"{site}/")
    assert "Von Hand gedruckt" in read(f"{site}/de/")
    assert "goes nowhere but here" in read(f"{site}/caught/")
    thanks = write_through_the_form(
        f"{site}/contact/",
        name="Vi Sitor",
        email="visitor@example.org",
        subject="From the form",
        message="Good morning!",
    )

    assert "Your message has reached us" in thanks
    wait_for_subject(home, "From the form")


def test_a_home_serves_one_sandbox_at_a_time(start, home):
    start(home).line("^Ready:")

    second = start(home)

    assert second.line("Another sandbox is running in")
    assert second.process.wait(60) == 1


def test_nothing_is_left_when_the_sandbox_is_killed(start, home):
    running = start(home)
    running.line("^Ready:")
    pids = list(running.pids().values())

    running.end(signal.SIGKILL)

    end = time.monotonic() + 30
    while sessions._members(pids):
        assert time.monotonic() < end, "children outlive the sandbox"
        time.sleep(0.05)


def test_an_empty_start_keeps_away_from_a_home_with_the_demo(start, home):
    running = start(home, "--empty")

    assert running.line("use --reset for an empty start")
    assert running.process.wait(60) == 1


def test_an_empty_start_leaves_the_account_to_the_administrator(start, homes):
    home = homes / "empty"
    running = start(home, "--empty")
    running.line("^Ready:")

    found = counted(home)

    assert found["superusers"] == ["administrator"]
    assert found["accounts"] == found["mailboxes"] == 0
    assert found["subjects"] == []
