from __future__ import annotations

import socket
import time

import pytest

from tests.mail.name_server import a_name_server
from tests.mail.signing import Zone
from wagtail_ecp.mail.dns import LookupFailedError, Questions, SystemResolver, is_name


@pytest.fixture(scope="module")
def resolver():
    with a_name_server() as port:
        yield SystemResolver(["127.0.0.1"], port=port)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("one.example", [b"v=DMARC1; p=none"]),
        ("two.example", [b"first", b"second"]),
        ("long.example", [b"x" * 1_000]),
        ("huge.example", [b"y" * 2_500]),  # Comes by TCP.
        ("alias.example", [b"v=DMARC1; p=none"]),
        ("empty.example", []),
        ("missing.example", []),
    ],
)
def test_records_are_read_from_the_wire(resolver, name, texts):
    assert sorted(resolver.txt(name)) == texts


def test_a_server_that_fails_leaves_it_unknown(resolver):
    with pytest.raises(LookupFailedError, match=r"refused\.example"):
        resolver.txt("refused.example")


def test_a_silent_server_is_given_up_in_time(resolver):
    start = time.monotonic()

    with pytest.raises(LookupFailedError):
        resolver.txt("silent.example", seconds=0.4)

    assert 0.3 < time.monotonic() - start < 2


def test_a_server_that_is_not_there_leaves_it_unknown():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        resolver = SystemResolver(["127.0.0.1"], port=taken.getsockname()[1])

        with pytest.raises(LookupFailedError):
            resolver.txt("one.example", seconds=0.3)


@pytest.mark.parametrize("name", ["a..example", "x" * 64 + ".example", "é.example"])
def test_what_is_no_name_cannot_be_asked_for(name):
    zone = Zone({name: [b"found"]})

    assert not is_name(name)
    assert Questions(zone).txt(name) == []
    assert zone.asked == []


def test_a_name_is_asked_for_once():
    zone = Zone({"a.example": [b"found"]}, broken=("b.example",))
    questions = Questions(zone)

    for _again in range(2):
        assert questions.txt("a.example") == [b"found"]
        with pytest.raises(LookupFailedError):
            questions.txt("b.example")

    assert zone.asked == ["a.example", "b.example"]


def test_questions_are_limited_in_number_and_time():
    zone = Zone()
    few, late = Questions(zone, most=2), Questions(zone, seconds=0)
    few.txt("a.example")
    few.txt("b.example")

    with pytest.raises(LookupFailedError, match="too many"):
        few.txt("c.example")
    with pytest.raises(LookupFailedError, match="too many"):
        late.txt("a.example")
    assert few.txt("a.example") == []


def test_each_question_is_given_the_time_that_is_left():
    given = []

    class Slow:
        def txt(self, name: str, *, seconds: float) -> list[bytes]:
            given.append(seconds)
            return []

    questions = Questions(Slow(), seconds=5)
    questions.txt("a.example")
    questions.txt("b.example")

    assert 5 >= given[0] > given[1] > 4
