"""Which outside scorer a site may choose, and what is said of a wrong choice."""

import sys

import pytest

from wagtail_ecp.checks import check_installation
from wagtail_ecp.exceptions import ConfigurationError
from wagtail_ecp.spam.backends import configuration
from wagtail_ecp.spam.backends.base import Opinion
from wagtail_ecp.spam.backends.rspamd import Rspamd
from wagtail_ecp.spam.backends.spamassassin import SpamAssassin

RSPAMD = "wagtail_ecp.spam.backends.rspamd.Rspamd"
SPAMASSASSIN = "wagtail_ecp.spam.backends.spamassassin.SpamAssassin"


class OwnBackend:
    """As a site may write it."""

    def __init__(self, *, word):
        if word == 7:
            raise ValueError("7 is no word")
        self.word = word

    def score(self, raw):
        return Opinion(score=90.0 if self.word in raw else 10.0)


class Dumb:
    """Has no score()."""


@pytest.fixture
def chosen(settings):
    def choose(described):
        settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "SPAM_BACKEND": described}

    return choose


def test_without_a_choice_there_is_none(settings):
    assert configuration.read() is None


@pytest.mark.parametrize(
    ("described", "kind", "mode"),
    [
        ({"path": RSPAMD}, Rspamd, "clue"),
        ({"path": RSPAMD, "mode": "instead", "url": "http://r"}, Rspamd, "instead"),
        ({"path": SPAMASSASSIN, "port": 1783}, SpamAssassin, "clue"),
        ({"path": f"{__name__}.OwnBackend", "word": b"x"}, OwnBackend, "clue"),
    ],
)
def test_a_choice_is_made_with_its_options(chosen, described, kind, mode):
    chosen(described)

    configured = configuration.read()

    assert configured is not None
    assert isinstance(configured.backend, kind)
    assert configured.mode == mode
    assert check_installation() == []


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ("rspamd", "no 'path'"),
        ({"mode": "clue"}, "no 'path'"),
        ({"path": "no.such.Backend"}, "No module named 'no'"),
        ({"path": f"{RSPAMD}x"}, "does not define a"),
        ({"path": RSPAMD, "mode": "both"}, "'mode' is 'both', and must be one of"),
        ({"path": RSPAMD, "uri": "http://r"}, "unexpected keyword argument 'uri'"),
        ({"path": RSPAMD, "url": "r"}, "The url must begin with http"),
        ({"path": SPAMASSASSIN, "user": "a\nb"}, "The user must be printable"),
        ({"path": RSPAMD, "threshold": "high"}, "not supported between instances"),
        ({"path": f"{__name__}.OwnBackend", "word": 7}, "7 is no word"),
        ({"path": f"{__name__}.OwnBackend"}, "missing 1 required keyword-only"),
        ({"path": f"{__name__}.Dumb"}, "has no method score()"),
    ],
)
def test_a_wrong_choice_is_named(chosen, described, expected):
    chosen(described)

    with pytest.raises(ConfigurationError, match=r"^SPAM_BACKEND") as caught:
        configuration.read()
    (error,) = check_installation()

    assert expected in str(caught.value)
    assert error.id == "wagtail_ecp.E017"
    assert error.msg == f"WAGTAIL_ECP: {caught.value}"


def test_a_missing_extra_is_named(chosen, monkeypatch):
    chosen({"path": SPAMASSASSIN})
    monkeypatch.delitem(sys.modules, SPAMASSASSIN.rpartition(".")[0])
    for name in [name for name in sys.modules if name.startswith("aiospamc")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "aiospamc", None)

    with pytest.raises(ConfigurationError, match=r"pip install wagtail-ecp\[spamass"):
        configuration.read()
