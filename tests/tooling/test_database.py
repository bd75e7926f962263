import os

import pytest
from django.db import connection
from wagtail.models import Page, Site

from tests.database import state_of_the_migrations


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", ["first", "second"])
def test_transactional_tests_find_the_rows_of_wagtails_migrations(_turn):
    assert Page.objects.filter(depth=1).exists()
    assert Site.objects.exists()

    Page.objects.all().delete()


def test_each_run_has_a_database_of_its_own(db):
    name = str(connection.settings_dict["NAME"])

    assert state_of_the_migrations() not in name or str(os.getpid()) in name


def test_a_changed_migration_asks_for_a_new_database(tmp_path, monkeypatch):
    before = state_of_the_migrations()
    changed = tmp_path / "0001_initial.py"
    changed.write_text("# changed")

    monkeypatch.setattr("inspect.getsourcefile", lambda _class: str(changed))

    assert state_of_the_migrations() != before
