"""Real servers for tests: marks that skip where one is missing, and fixtures.

With ECP_TEST_SERVERS=required a missing server ends the run instead.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection
from redis import Redis
from rq import Worker
from selenium import webdriver

from sandbox import redis_server
from wagtail_ecp.management import sessions

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
PATIENCE = 30.0

CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",  # Root, as whom CI runs, gets no other; the pages are our own.
    "--disable-gpu",
    "--disable-dev-shm-usage",
    # Nothing but the test's own server is ever asked.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
)


def missing_redis() -> str:
    try:
        redis_server.find_server()
    except redis_server.ServerMissingError as error:
        return str(error)
    return ""


def missing_dovecot() -> str:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
    if shutil.which("dovecot", path=path):
        return ""
    return "no dovecot here (Debian: dovecot-imapd dovecot-lmtpd)"


def missing_rspamd() -> str:
    return "" if shutil.which("rspamd") else "no rspamd here (Debian: rspamd)"


def missing_spamassassin() -> str:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
    return "" if shutil.which("spamd", path=path) else "no spamd here (Debian: spamd)"


def missing_bogofilter() -> str:
    if shutil.which("bogofilter"):
        return ""
    return "no bogofilter here (Debian: bogofilter)"


def missing_chromium() -> str:
    if shutil.which("chromium") and shutil.which("chromedriver"):
        return ""
    return "no chromium with chromedriver here (Debian: chromium chromium-driver)"


def missing_newsboat() -> str:
    if shutil.which("newsboat"):
        return ""
    return "no newsboat here (Debian: newsboat)"


def missing_postgres() -> str:
    if os.environ.get("ECP_TEST_DATABASE") == "postgres":
        return ""
    return "runs on PostgreSQL only (ECP_TEST_DATABASE=postgres)"


def missing_corpora() -> str:
    return "" if CORPORA.is_dir() else f"no sample mail in {CORPORA}"


MISSING: dict[str, Callable[[], str]] = {
    "redis": missing_redis,
    "dovecot": missing_dovecot,
    "rspamd": missing_rspamd,
    "spamassassin": missing_spamassassin,
    "bogofilter": missing_bogofilter,
    "chromium": missing_chromium,
    "newsboat": missing_newsboat,
    "postgres": missing_postgres,
    "corpora": missing_corpora,
}
REQUIRED = (
    *("redis", "dovecot", "rspamd", "spamassassin", "bogofilter", "chromium"),
    "newsboat",
)


def pytest_configure() -> None:
    """End a run that requires the servers and hasn't got them."""
    if os.environ.get("ECP_TEST_SERVERS") == "required":
        reasons = [reason for name in REQUIRED if (reason := MISSING[name]())]
        if reasons:
            raise pytest.UsageError(*reasons)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a marked test, with the reason, where what it needs is missing."""
    for name, missing in MISSING.items():
        if item.get_closest_marker(name) and (reason := missing()):
            pytest.skip(reason)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory):
    """A Redis-compatible server of this run's own."""
    if reason := missing_redis():
        pytest.skip(reason)
    with redis_server.private_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def rq_queues(redis_url, settings):
    """The queues, empty, on a real server; returns its URL."""
    Redis.from_url(redis_url).flushall()
    settings.RQ_QUEUES = {name: {"URL": redis_url} for name in settings.RQ_QUEUES}
    return redis_url


@pytest.fixture
def rq_worker(rq_queues, transactional_db, new_log):
    """Starts RQ workers, as ``rq_worker("ecp-in", ECP_TEST_SMTP_PORT="2525")``.

    Each is a process of its own on the test's database, files and queues; returned when
    it waits for jobs. All are ended with the test, at once.
    """
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        earlier = len(Worker.all(Redis.from_url(rq_queues)))
        log = new_log("worker")
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "django", "rqworker", *arguments],
                cwd=Path(__file__).parents[1],
                env={**os.environ, **worker_environment(rq_queues), **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started.append(process)
        end = time.monotonic() + PATIENCE
        while len(Worker.all(Redis.from_url(rq_queues))) == earlier:
            assert process.poll() is None, "the worker has ended"
            assert time.monotonic() < end, "no worker yet"
            time.sleep(0.05)
        return process

    yield start
    sessions.kill([process.pid for process in started])
    for process in started:
        process.wait()


def worker_environment(redis_url: str) -> dict[str, str]:
    """Return what makes another process work on this test's database and files."""
    database = str(connection.settings_dict["NAME"])
    files = storages["ecp_raw"]
    assert isinstance(files, FileSystemStorage)
    return {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "ECP_TEST_DB": database,
        "PGDATABASE": database,
        "ECP_TEST_FILES": str(files.location),
        "REDIS_URL": redis_url,
    }


@pytest.fixture(scope="session")
def chromium_process(tmp_path_factory):
    """One headless browser for the whole run."""
    if reason := missing_chromium():
        pytest.skip(reason)
    with a_browser(tmp_path_factory.mktemp("chromium")) as driver:
        yield driver


@contextmanager
def a_browser(profile: Path) -> Iterator[webdriver.Chrome]:
    """Start a headless browser that keeps what it must in an empty folder."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for flag in CHROMIUM_FLAGS:
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={profile}")
    # A given path keeps Selenium from downloading a driver.
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def chromium(chromium_process):
    """A headless browser without cookies, driven by Selenium."""
    yield chromium_process
    chromium_process.delete_all_cookies()
    chromium_process.get("about:blank")
