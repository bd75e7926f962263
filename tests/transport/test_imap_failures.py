"""What reading a folder makes of servers that misbehave."""

import socket
import threading
from contextlib import contextmanager

import pytest

from wagtail_ecp.exceptions import SourceError, SourceRefusedError
from wagtail_ecp.mail.sources.base import Settings
from wagtail_ecp.mail.sources.imap import ImapSource


def settings_for(port, **changes):
    values = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "username": "support",
        "password": "secret",
        "allowed_networks": ["127.0.0.0/8"],
        "timeout": 5,
    }
    return Settings(**(values | changes))


@contextmanager
def imap_server(*, greeting="OK ready", offers="", heard=None, **answers):
    """Answer one client's commands with OK, or with what ``answers`` names.

    ``heard`` is a list that takes the commands.
    """

    def serve():
        connection, _ = listening.accept()
        with connection, connection.makefile("rw", newline="\r\n") as stream:
            print(f"* {greeting}\r", file=stream, flush=True)
            for line in stream:
                tag, command, *_ = line.split()
                if command == "STARTTLS" and "STARTTLS" in answers:
                    print(f"{tag} {answers[command]}\r", file=stream, flush=True)
                    return
                if heard is not None:
                    heard.append(command)
                print(f"* CAPABILITY IMAP4rev1 {offers}\r", file=stream)
                answer = answers.get(command, "OK done")
                print(f"{tag} {answer}\r", file=stream, flush=True)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def test_starttls_is_demanded_and_never_silently_dropped():
    with (
        imap_server() as port,
        pytest.raises(SourceRefusedError, match="does not offer encryption"),
        ImapSource(settings_for(port, security="starttls")),
    ):
        pass


@pytest.mark.parametrize("answer", ["NO not today", "OK begin, and then silence"])
def test_starttls_that_is_offered_and_fails_leaves_nothing_in_the_clear(answer):
    heard = []

    with (
        imap_server(offers="STARTTLS", heard=heard, STARTTLS=answer) as port,
        pytest.raises(SourceError),
        ImapSource(settings_for(port)),
    ):
        pass

    assert "LOGIN" not in heard


@pytest.mark.parametrize("code", ["UNAVAILABLE", "INUSE", "LIMIT"])
def test_a_login_that_fails_for_now_may_be_tried_again(code):
    with (
        imap_server(LOGIN=f"NO [{code}] Later, please.") as port,
        pytest.raises(SourceError, match="Later, please") as failure,
        ImapSource(settings_for(port)),
    ):
        pass

    assert not isinstance(failure.value, SourceRefusedError)


def test_a_server_that_hangs_up_at_once_may_be_tried_again():
    with (
        imap_server(greeting="BYE Too many connections") as port,
        pytest.raises(SourceError, match="Too many connections") as failure,
        ImapSource(settings_for(port)),
    ):
        pass

    assert not isinstance(failure.value, SourceRefusedError)


def test_a_server_without_an_epoch_for_its_uids_is_refused():
    with (
        imap_server() as port,
        ImapSource(settings_for(port)) as source,
        pytest.raises(SourceRefusedError, match="UIDVALIDITY"),
    ):
        _ = source.uidvalidity


def test_a_failing_search_may_be_tried_again():
    with (
        imap_server(UID="NO [SERVERBUG] Oh") as port,
        ImapSource(settings_for(port)) as source,
        pytest.raises(SourceError, match="Oh"),
    ):
        source.newest_uid()


def test_a_server_that_says_nothing_is_given_up_after_the_timeout():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        with (
            pytest.raises(SourceError, match="timed out"),
            ImapSource(settings_for(port, timeout=0.2)),
        ):
            pass


def test_a_host_that_does_not_exist_may_be_tried_again():
    with (
        pytest.raises(SourceError, match="can't be reached") as failure,
        ImapSource(settings_for(993, host="nowhere.invalid")),
    ):
        pass

    assert not isinstance(failure.value, SourceRefusedError)


def test_the_password_is_not_shown_when_settings_are_logged():
    assert "secret" not in repr(settings_for(993))
