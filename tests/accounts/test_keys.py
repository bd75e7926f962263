"""Secrets are readable by us alone, also after the keys were changed."""

import pytest

from wagtail_ecp.accounts import keys
from wagtail_ecp.exceptions import ConfigurationError


def test_what_is_encrypted_can_be_read_and_is_not_the_text():
    token = keys.encrypt("hunter2")

    assert "hunter2" not in token
    assert keys.decrypt(token) == "hunter2"


def test_an_older_key_still_reads_and_verifies(settings):
    settings.SECRET_KEY = "old"
    token, mark = keys.encrypt("hunter2"), keys.sign("ids", "7.abc")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", ["old"]

    assert keys.decrypt(token) == "hunter2"
    assert keys.is_signed("ids", "7.abc", mark.upper())


def test_keys_of_our_own_stand_in_for_the_secret_key(settings):
    settings.WAGTAIL_ECP = {"KEYS": ["first"]}
    token = keys.encrypt("hunter2")

    settings.SECRET_KEY = "another"

    assert keys.decrypt(token) == "hunter2"


def test_a_lost_key_is_a_clear_error(settings):
    token = keys.encrypt("hunter2")
    settings.SECRET_KEY = "another"

    with pytest.raises(ConfigurationError, match="SECRET_KEY_FALLBACKS"):
        keys.decrypt(token)


@pytest.mark.parametrize(("purpose", "text"), [("ids", "7.abd"), ("feeds", "7.abc")])
def test_a_mark_fits_one_text_and_one_purpose(purpose, text):
    mark = keys.sign("ids", "7.abc")

    assert not keys.is_signed(purpose, text, mark)
    assert keys.is_signed("ids", "7.abc", mark)
