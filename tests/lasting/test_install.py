"""The install guide, followed on the project that ``wagtail start`` makes."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.ports import HOST, any_free
from tests.lasting.guides import blocks, commands
from tests.servers import PATIENCE
from wagtail_ecp import conf
from wagtail_ecp.checks import REQUIRED_APPS
from wagtail_ecp.management import sessions
from wagtail_ecp.queue import QUEUES

ROOT = Path(__file__).parents[2]
GUIDE = "tutorial/install.md"

#: What a person does in the admin: step 5, and a look at the menu.
SET_IT_UP = """
from django.test import Client

client = Client()
assert client.login(username="admin", password="a long enough password")
page = client.get("/admin/")
assert page.status_code == 200, page
assert "ecp-mail" in page.content.decode()
print("the menu is there")
page = client.get("/admin/mail/", follow=True)
for answers in (
    {"name": "Our team", "time_zone": "Europe/Berlin"},
    {"owner": page.wsgi_request.user.pk},
    {"do": "next", "address": "support@example.com", "name": "Support"},
    {"right": "reply"},
):
    page = client.post(page.request["PATH_INFO"], answers, follow=True)
    assert page.redirect_chain, page.content.decode()
assert "Send a mail to support@example.com" in page.content.decode()
print("it is set up")

"""

READ = """
from django.contrib.auth import get_user_model
from django.test import Client

client = Client()
client.force_login(get_user_model().objects.get(username="admin"))
if "Is anybody there?" in client.get("/admin/mail/", follow=True).content.decode():
    print("the mail is there")

"""


LOOK_FOR_REMAINS = """
from django.contrib.auth.models import Permission
from django.db import connection

assert not Permission.objects.filter(content_type__app_label="wagtail_ecp")
names = connection.introspection.table_names()
assert not [name for name in names if name.startswith("wagtail_ecp")]
print("nothing is left")
"""


class Site:
    """A project made by ``wagtail start``, and its ``manage.py``."""

    def __init__(self, folder, redis_url):
        self.folder = folder
        self.settings = folder / "mysite" / "settings" / "base.py"
        self.urls = folder / "mysite" / "urls.py"
        self.environment = {
            **{k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"},
            "PYTHONPATH": str(ROOT),
            "REDIS_URL": redis_url.partition("?")[0],
            "DJANGO_SUPERUSER_PASSWORD": "a long enough password",
        }

    def start(self):
        code = "from wagtail.bin.wagtail import main; main()"
        self.run(sys.executable, "-c", code, "start", "mysite", ".")

    def manage(self, *words, text=None):
        return self.run(sys.executable, "manage.py", *words, text=text)

    def run(self, *command, text=None):
        done = subprocess.run(  # noqa: S603
            command,
            cwd=self.folder,
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr


@pytest.fixture
def site(tmp_path, redis_url):
    made = Site(tmp_path, redis_url)
    made.start()
    return made


@contextmanager
def running(site, *words):
    """Run ``ecp_run`` on a free port; give the port, and stop it in the end."""
    port = any_free()
    log = site.folder / "run.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "manage.py", *words, "--smtp", f"{HOST}:{port}"],
            cwd=site.folder,
            env=site.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(lambda: "Listening on" in log.read_text(), log)
        yield port
    finally:
        sessions.stop([process.pid], grace=PATIENCE)
        process.wait()


def wait_for(condition, log):
    end = time.monotonic() + 2 * PATIENCE
    while not condition():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.2)


@pytest.mark.slow
@pytest.mark.redis
@pytest.mark.xdist_group("install")
def test_the_guides_lead_to_the_first_mail_and_out_again(site):
    before, urls = site.settings.read_text(), site.urls.read_text()
    site.settings.write_text("\n".join([before, *blocks(GUIDE, "python")]))
    site.urls.write_text("\n".join([urls, *blocks(GUIDE, "python3")]))
    check, migrate, run = commands(GUIDE)

    assert "no issues" in site.manage(*check)
    site.manage(*migrate)
    person = "--username", "admin", "--email", "admin@example.com"
    site.manage("createsuperuser", "--noinput", *person)

    with running(site, *run) as port:
        assert "it is set up" in site.manage("shell", text=SET_IT_UP)
        assert "no issues" in site.manage("check", "--database", "default")
        (hello,) = blocks(GUIDE, "py")
        site.run(sys.executable, "-c", hello.replace("2525", str(port)))
        wait_for(
            lambda: "the mail is there" in site.manage("shell", text=READ),
            site.folder / "run.log",
        )

    site.manage(*commands("how-to/move-to-postgresql.md")[0])
    assert (site.folder / "site.jsonl.gz").exists()

    *_, migrate_to_zero, remove = commands("how-to/leave.md")
    site.manage(*migrate_to_zero)
    site.settings.write_text(before)
    site.urls.write_text(urls)
    site.manage(*remove, "--no-input")
    assert "nothing is left" in site.manage("shell", text=LOOK_FOR_REMAINS)


def test_the_guide_covers_what_the_checks_ask_for(settings):
    written = "\n".join(blocks(GUIDE, "python"))

    for word in (*REQUIRED_APPS[:1], *QUEUES, "IMMEDIATE", conf.get("RAW_STORAGE")):
        assert f'"{word}"' in written
