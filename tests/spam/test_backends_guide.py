"""What the guide to outside scorers shows works as it stands."""

import re
import sys
from types import ModuleType

import pytest

from tests.lasting.guides import DOCS, blocks
from wagtail_ecp.exceptions import BackendDownError
from wagtail_ecp.spam.backends import configuration
from wagtail_ecp.spam.backends.scale import blend, on_our_scale

GUIDE = "how-to/use-rspamd-or-spamassassin.md"


@pytest.fixture
def own_class(monkeypatch):
    """The guide's own back end, where the guide's settings look for it."""
    names = {"__name__": "mysite.spam"}
    exec(blocks(GUIDE, "py")[0], names)  # noqa: S102 - our own guide
    module = ModuleType("mysite.spam")
    vars(module).update(names)
    monkeypatch.setitem(sys.modules, "mysite", ModuleType("mysite"))
    monkeypatch.setitem(sys.modules, "mysite.spam", module)
    return names["Bogofilter"]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_guides_settings_are_accepted(own_class, settings, number):
    names: dict[str, dict[str, object]] = {}
    exec(blocks(GUIDE, "python")[number], names)  # noqa: S102 - our own guide
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, **names["WAGTAIL_ECP"]}

    configured = configuration.read()

    assert configured is not None
    assert configured.mode == "clue"


def test_the_guides_class_has_an_opinion(own_class, tmp_path):
    program = tmp_path / "bogofilter"
    program.write_text("#!/bin/sh\ncat >/dev/null\necho S 0.993\n")
    program.chmod(0o755)

    opinion = own_class(program=str(program)).score(b"Subject: x\r\n\r\nHello\r\n")

    assert opinion.score == pytest.approx(99.3)
    assert opinion.clues == (("says S", 1.0),)


@pytest.mark.parametrize("script", ["echo nonsense", "exit 3"])
def test_the_guides_class_is_down_where_the_program_is(own_class, tmp_path, script):
    program = tmp_path / "bogofilter"
    program.write_text(f"#!/bin/sh\ncat >/dev/null\n{script}\n")
    program.chmod(0o755)

    for path in (program, tmp_path / "missing"):
        with pytest.raises(BackendDownError, match=r"bogofilter|missing"):
            own_class(program=str(path)).score(b"Subject: x\r\n\r\nHello\r\n")


def test_the_guides_numbers_are_those_of_the_code():
    page = (DOCS / GUIDE).read_text("utf-8")
    rows = dict(re.findall(r"^\| ([^|]+) \| (\d+) \|$", page, re.MULTILINE))

    assert rows == {
        words: f"{on_our_scale(points, threshold=6.0):.0f}"
        for words, points in {
            "0": 0,
            "half the threshold": 3,
            "the threshold": 6,
            "twice the threshold": 12,
        }.items()
    }
    assert f"20 and 98 make {blend(20, 98):.0f}" in page
