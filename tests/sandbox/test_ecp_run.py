from argparse import ArgumentTypeError

import pytest

from wagtail_ecp.management.commands.ecp_run import children, host_and_port


def test_each_queue_has_a_worker_of_its_own():
    names = [child.name for child in children(None, listener=True)]

    assert names == ["ecp-in", "ecp-out", "ecp-bg", "cron", "listener"]


def test_the_listener_can_be_left_away():
    names = [child.name for child in children(None, listener=False)]

    assert "listener" not in names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:2525", ("127.0.0.1", "2525")),
        ("mail.example.org:25", ("mail.example.org", "25")),
        ("[::1]:2525", ("::1", "2525")),
    ],
)
def test_the_listeners_address_is_host_and_port(text, expected):
    assert host_and_port(text) == expected


@pytest.mark.parametrize("text", ["2525", ":2525", "localhost", "localhost:smtp"])
def test_anything_else_is_refused(text):
    with pytest.raises(ArgumentTypeError, match="HOST:PORT"):
        host_and_port(text)
