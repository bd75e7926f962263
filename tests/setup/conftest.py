"""A site before it has an account, and servers for a first mailbox."""

import pytest

from tests.builders import a_user
from tests.transport.conftest import (  # noqa: F401 - fixtures
    certificate,
    dovecot,
    dovecot_server,
    self_signed,
)
from wagtail_ecp.setup import actions

ACCOUNT = {"name": "Alder & Finch", "time_zone": "Europe/Berlin"}
MAILBOX = {
    "address": "support@example.com",
    "name": "Support",
    "incoming": True,
    "incoming_host": "imap.example.com",
    "incoming_port": 993,
    "incoming_security": "tls",
    "incoming_username": "support@example.com",
    "incoming_folder": "INBOX",
    "start": "now",
    "outgoing": True,
    "outgoing_host": "smtp.example.com",
    "outgoing_port": 465,
    "outgoing_security": "tls",
    "outgoing_username": "support@example.com",
    "receives_only": False,
}
PASSWORDS = {"incoming": "secret in", "outgoing": "secret out"}
NO_SERVERS = {**MAILBOX, "incoming": False, "outgoing": False}


@pytest.fixture
def root(db):
    """The superuser who sets the site up."""
    return a_user("root", is_superuser=True)


@pytest.fixture
def other_root(db):
    """Another superuser."""
    return a_user("other-root", is_superuser=True)


def answer_all(by, *, owner=None, users=(), right="reply", **mailbox):
    """Answer every step for ``by``, all but finishing."""
    actions.start(by=by)
    actions.save("account", ACCOUNT, by=by)
    actions.save("owner", {"owner": str((owner or by).pk)}, by=by)
    actions.save("mailbox", {**MAILBOX, **mailbox}, by=by, passwords=PASSWORDS)
    people = [str(user.pk) for user in users]
    return actions.save("colleagues", {"users": people, "right": right}, by=by)
