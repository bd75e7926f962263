"""The cast, and a clean private storage for every test."""

import pytest
from django.core.files.storage import storages
from django.template.base import Template
from django.test.utils import _TestState

from tests.builders import a_user

pytest_plugins = ["tests.database", "tests.logs", "tests.servers"]


@pytest.fixture(scope="session", autouse=True)
def _plain_templates(django_test_environment):
    """Render as a site does.

    Django's test environment copies the context of every template for whoever asks what
    was rendered; nobody does here, and on a large form that takes half of the time.
    """
    Template._render = _TestState.saved_data.template_render  # type: ignore[attr-defined]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with the groups, which take longest: no processor waits for them at the end."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    location = tmp_path / "private"
    raw = {**settings.STORAGES["ecp_raw"], "OPTIONS": {"location": location}}
    settings.STORAGES = {**settings.STORAGES, "ecp_raw": raw}
    assert storages["ecp_raw"].path("x") == str(location / "x")


@pytest.fixture
def alice(db):
    """Answers mail."""
    return a_user("alice")


@pytest.fixture
def bob(db):
    """Alice's colleague."""
    return a_user("bob")


@pytest.fixture
def carol(db):
    """May enter the admin and nothing else."""
    return a_user("carol")
