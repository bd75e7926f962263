"""Every way of misinstalling is named before it does harm."""

import pytest
from django.apps import apps
from django.core import checks

from tests.builders import an_account
from wagtail_ecp.checks import check_installation, check_owner


def ids(messages):
    return [message.id for message in messages]


def test_the_tests_own_site_is_in_order(settings):
    assert ids(check_installation()) == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("RQ_QUEUES", {"default": {}}, "wagtail_ecp.E002"),
        ("USE_TZ", False, "wagtail_ecp.E003"),
        ("WAGTAIL_ECP", {"MAX_BYTES": 1}, "wagtail_ecp.E004"),
        ("WAGTAILADMIN_BASE_URL", "", "wagtail_ecp.W005"),
        (
            "DATABASES",
            {"default": {"ENGINE": "postgresql", "ATOMIC_REQUESTS": True}},
            "wagtail_ecp.E006",
        ),
        (
            "DATABASES",
            {"default": {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {}}},
            "wagtail_ecp.W007",
        ),
        ("WAGTAIL_ECP", {"RAW_STORAGE": "nowhere"}, "wagtail_ecp.E008"),
        ("WAGTAIL_ECP", {"JOB_QUEUE": "no.such.Queue"}, "wagtail_ecp.E010"),
        (
            "WAGTAIL_ECP",
            {"SOURCE_KINDS": {"imap": "no.such.Source"}},
            "wagtail_ecp.E010",
        ),
    ],
)
def test_a_mistake_in_the_settings_is_named(settings, name, value, expected):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings._wrapped, name, value, raising=False)
        found = ids(check_installation())

    assert expected in found


def test_a_missing_app_is_named(monkeypatch):
    monkeypatch.setattr(apps, "is_installed", lambda name: name != "django_rq")

    (error,) = check_installation()

    assert error.id == "wagtail_ecp.E001"
    assert "django_rq" in error.msg


def test_raw_mail_below_the_media_folder_is_an_error(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    raw = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "mail"},
    }
    settings.STORAGES = {**settings.STORAGES, "ecp_raw": raw}

    assert ids(check_installation()) == ["wagtail_ecp.E009"]


def test_a_folder_beside_the_media_folder_is_fine(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    raw = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "media-private"},
    }
    settings.STORAGES = {**settings.STORAGES, "ecp_raw": raw}

    assert ids(check_installation()) == []


def test_the_missing_owner_is_a_warning_with_a_way_out(db):
    (warning,) = check_owner(databases=["default"])

    assert (warning.id, warning.level) == ("wagtail_ecp.W011", checks.WARNING)
    assert "as a superuser" in str(warning.hint)

    an_account()
    assert check_owner(databases=["default"]) == []
