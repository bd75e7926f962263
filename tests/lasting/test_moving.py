"""The guide's commands move everything from one database to another."""

import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from wagtail.models import Page

from tests.builders import a_mailbox, an_email, receive_and_process
from tests.database import state_of_the_migrations
from tests.lasting.guides import commands
from tests.lasting.test_export import AWKWARD, an_answer
from wagtail_ecp.accounts import installation
from wagtail_ecp.accounts.models import Installation
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation, MessageIdentifier
from wagtail_ecp.journal.models import Action

GUIDE = "how-to/move-to-postgresql.md"
#: The tests' site has the search app under its other name.
OTHER_NAMES = {"wagtailsearch": "modelsearch"}


@pytest.fixture
def filled(alice):
    """Pages, people and mail of every kind."""
    home = Page.objects.get(depth=2)
    home.add_child(title="Straße ✓").save_revision(user=alice).publish()
    mailbox = a_mailbox(repliers=[alice])
    receive_and_process(an_email("One", message_id="1@x"), an_email("Two"))
    receive_and_process(an_email("Re: One", cites=["1@x"]), *AWKWARD)
    one, two = Conversation.objects.filter(mailbox=mailbox).order_by("pk")[:2]
    an_answer(one, by=alice)
    actions.merge(one, two, by=alice)
    installation.beat()


@pytest.fixture
def database():
    """Adds databases for one test: ``database("name", {…settings…})``."""
    added = []

    def add(alias, changes):
        found = {**connections["default"].settings_dict, **changes}
        connections.settings[alias] = found
        added.append(alias)
        allow(connections[alias])
        return alias

    yield add
    for alias in added:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


def allow(connection):
    """Let the test use a database that was not there when it began."""

    def ensure_connection():
        if connection.connection is None:
            connection.connect()

    connection.ensure_connection = ensure_connection


def an_empty_sqlite(path):
    """Return settings of a new, migrated SQLite database."""
    migrated = settings.CACHE / f"ecp-{state_of_the_migrations()}.sqlite3"
    if migrated.exists():
        path.write_bytes(migrated.read_bytes())
    else:
        environment = {**os.environ, "ECP_TEST_DATABASE": "", "ECP_TEST_DB": str(path)}
        words = "-m", "django", "migrate", "--settings", "tests.settings"
        command = [sys.executable, *words, "--pythonpath", "."]
        root = Path(__file__).parents[2]
        subprocess.run(command, env=environment, cwd=root, check=True)  # noqa: S603
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20}
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": options,
    }


def run(name, dump, *, database):
    """Run the guide's command of that name on a database."""
    (words,) = (words for words in commands(GUIDE) if words[0] == name)
    arguments = [
        str(dump) if word == "site.jsonl.gz" else OTHER_NAMES.get(word, word)
        for word in words[1:]
    ]
    call_command(name, *arguments, database=database, verbosity=0)


def move(dump, *, source, target):
    """Follow the guide from one database to the other."""
    run("dumpdata", dump, database=source)
    for name in ("migrate", "flush", "loaddata"):
        run(name, dump, database=target)


def rows(dump):
    with gzip.open(dump, "rt", encoding="utf-8") as lines:
        # Less than a millisecond is written as .000, and read again as nothing at all.
        found = [json.loads(line.replace(".000Z", "Z")) for line in lines]
    return sorted(found, key=lambda row: (row["model"], str(row["pk"])))


def assert_all_is_there(dump, again, *, target):
    run("dumpdata", again, database=target)
    moved = rows(again)
    assert moved == rows(dump)
    numbers = Counter(row["model"] for row in moved)
    tables: tuple[Any, ...] = (Conversation, MessageIdentifier, Action, Page)
    for model in tables:
        expected = model._default_manager.using("default").count()
        assert numbers[model._meta.label_lower] == expected > 0


def assert_numbers_go_on(target):
    tables: tuple[Any, ...] = (Contact, Action)
    for model in tables:
        last = model.objects.using(target).order_by("-pk").first()
        copy = model.objects.using(target).get(pk=last.pk)
        copy.pk = None
        copy.save(using=target, force_insert=True)
        assert copy.pk == last.pk + 1


def assert_installation_is_recognised(target):
    found = installation.check(Installation.objects.using(target).get())
    assert (found.beat, found.pause) == (1, "")


def test_everything_moves_from_one_database_to_another(filled, database, tmp_path):
    target = database("target", an_empty_sqlite(tmp_path / "db.sqlite3"))
    dump = tmp_path / "dump.jsonl.gz"

    move(dump, source="default", target=target)

    assert_all_is_there(dump, tmp_path / "again.jsonl.gz", target=target)
    assert_numbers_go_on(target)
    assert_installation_is_recognised(target)


@pytest.mark.postgres
def test_everything_moves_from_sqlite_to_postgresql(
    filled, database, original, tmp_path
):
    sqlite = database("sqlite", an_empty_sqlite(tmp_path / "db.sqlite3"))
    name = f"{original.copy}_target"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original.name}"')
    target = database("target", {"NAME": name})
    first, dump = tmp_path / "first.jsonl.gz", tmp_path / "dump.jsonl.gz"

    try:
        move(first, source="default", target=sqlite)
        move(dump, source=sqlite, target=target)

        assert_all_is_there(dump, tmp_path / "again.jsonl.gz", target=target)
        assert rows(dump) == rows(first)
        assert_numbers_go_on(target)
        assert_installation_is_recognised(target)
    finally:
        connections[target].close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
