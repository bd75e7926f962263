"""The cast, and a clean private storage for every test."""

import pytest
from django.core.files.storage import storages

from tests.builders import a_user

pytest_plugins = ["tests.database", "tests.servers"]


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
