"""The test database: migrated once, copied for each run, whole again when it must be.

Wagtail's migrations take half a minute, so their result is kept in tests/.cache (or
beside the other PostgreSQL databases) under a name that changes with them. Each run
works on a copy of its own: several runs may go on at the same time, and a killed one
spoils nothing. One of them migrates; the others wait for it. What a transactional test
leaves is thrown away with its copy.
"""

import fcntl
import gc
import hashlib
import inspect
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Protocol

import django
import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import TransactionTestCase


class Original(Protocol):
    """The migrated database that a run's own one is copied from."""

    def exists(self) -> bool: ...
    def save(self) -> None: ...
    def restore(self) -> None: ...
    def forget(self) -> None: ...


class SQLiteOriginal:
    def __init__(self, file: Path, copy: Path) -> None:
        self.file = file
        self.copy = copy
        connection.settings_dict["TEST"]["NAME"] = str(copy)

    def exists(self) -> bool:
        return self.file.exists()

    def save(self) -> None:
        """Keep the run's database as the original, at once or not at all."""
        unfinished = self.file.with_suffix(f".{os.getpid()}")
        with (
            closing(sqlite3.connect(self.copy)) as source,
            closing(sqlite3.connect(unfinished)) as target,
        ):
            source.backup(target)
        unfinished.replace(self.file)

    def restore(self) -> None:
        """Make the run's database anew; what a killed worker left goes with the old."""
        connection.close()
        self.forget()
        shutil.copyfile(self.file, self.copy)

    def forget(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.copy}{suffix}").unlink(missing_ok=True)


class PostgresOriginal:
    def __init__(self, name: str) -> None:
        self.name = name
        self.copy = f"{name}_{os.getpid()}"
        connection.settings_dict["TEST"]["NAME"] = self.copy

    def exists(self) -> bool:
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name])
            return cursor.fetchone() is not None

    def save(self) -> None:
        connection.close()
        self._execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.copy}"')

    def restore(self) -> None:
        connection.close()
        self.forget()
        self._execute(f'CREATE DATABASE "{self.copy}" TEMPLATE "{self.name}"')

    def forget(self) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{self.copy}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)


#: A test has one of these if it touches the database.
FIXTURES = {"db", "transactional_db", "live_server"}
RENEW = pytest.StashKey[Callable[[], None]]()
IS_SPOILT = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def original(tmp_path_factory):
    """The migrated database; the run's own one is named on the way."""
    name = f"ecp-{state_of_the_migrations()}"
    if connection.vendor == "sqlite":
        copy = tmp_path_factory.mktemp("database") / "test.sqlite3"
        return SQLiteOriginal(settings.CACHE / f"{name}.sqlite3", copy)
    return PostgresOriginal(name)


@pytest.fixture(scope="session")
def turn_to_migrate() -> Iterator[Callable[[], None]]:
    """Wait until no other run migrates; a call lets the next one go on."""
    with ExitStack() as held:
        file = held.enter_context((settings.CACHE / "turn").open("w"))
        fcntl.flock(file, fcntl.LOCK_EX)
        yield held.close


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    original, turn_to_migrate, django_db_createdb, django_db_blocker
):
    """Copy the original, if there is one, just before the database is looked for."""
    with django_db_blocker.unblock():
        if original.exists() and not django_db_createdb:
            turn_to_migrate()
            original.restore()
        else:
            gc.disable()  # Each state of the models is garbage: it doubled the time.


@pytest.fixture(scope="session")
def django_db_keepdb():
    """Have the copy used as it is; it is removed here."""
    return True


@pytest.fixture(scope="session")
def django_db_setup(
    request, original, turn_to_migrate, django_db_setup, django_db_blocker
):
    """Keep what was migrated for the next run, and remove this run's copy at its end."""
    gc.enable()

    def renew():
        with django_db_blocker.unblock():
            original.restore()

    with django_db_blocker.unblock():
        if not original.exists():
            original.save()
    turn_to_migrate()
    request.config.stash[RENEW] = renew
    yield
    with django_db_blocker.unblock():
        connection.close()
        original.forget()


@pytest.fixture(scope="session", autouse=True)
def _no_flush(request):
    """Have a transactional test's tables thrown away with the copy, not emptied before."""

    def spoil(_case: TransactionTestCase) -> None:
        request.config.stash[IS_SPOILT] = True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", spoil)
        yield


def pytest_collection_modifyitems(config, items):
    """Leave out on PostgreSQL what no database is asked in: SQLite's run has it."""
    if connection.vendor == "postgresql":
        left_out = [item for item in items if not needs_a_database(item)]
        items[:] = [item for item in items if needs_a_database(item)]
        config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """Follow a transactional test by a fresh copy, when all that used the old has ended."""
    result = yield
    stash = item.config.stash
    if stash.get(IS_SPOILT, False) and nextitem:
        stash[IS_SPOILT] = False
        stash[RENEW]()
    return result


def state_of_the_migrations() -> str:
    """Return what changes whenever migrating from nothing might end differently."""
    loader = MigrationLoader(None)
    digest = hashlib.sha256(django.__version__.encode())
    for key in sorted(loader.disk_migrations):
        digest.update(repr(key).encode())
        if key[0] == "wagtail_ecp":
            source = inspect.getsourcefile(type(loader.disk_migrations[key]))
            digest.update(Path(str(source)).read_bytes())
    return digest.hexdigest()[:12]


def needs_a_database(item: pytest.Item) -> bool:
    """Tell whether a test runs differently on another database."""
    marks = ("django_db", "postgres")
    return bool(
        FIXTURES.intersection(getattr(item, "fixturenames", ()))
        or any(item.get_closest_marker(name) for name in marks)
    )
