"""Servers that tests of the transport share."""

import pytest

from tests.transport.certificates import signed_by_an_authority, signed_by_itself
from tests.transport.dovecot import MISSING, running_dovecot


@pytest.fixture(scope="session")
def dovecot_server():
    if MISSING:
        pytest.skip(MISSING)
    with running_dovecot() as server:
        yield server


@pytest.fixture
def dovecot(dovecot_server):
    """A running Dovecot whose INBOXes are empty."""
    dovecot_server.empty()
    return dovecot_server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    return signed_by_an_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def self_signed(tmp_path_factory):
    return signed_by_itself(tmp_path_factory.mktemp("self-signed"))
