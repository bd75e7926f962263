"""A copy of the installation must not act."""

import pytest
from wagtail.models import ModelLogEntry

from tests.builders import SUPPORT, a_mailbox, a_user, an_account
from wagtail_ecp.accounts import installation, private_files
from wagtail_ecp.accounts.models import Account, Installation
from wagtail_ecp.exceptions import TransportPausedError
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.receiving import takes_mail_for

Pause = Installation.Pause


def test_the_installation_that_it_began_on_may_act(db):
    an_account()

    installation.beat()

    assert installation.check().pause == ""
    installation.ensure_transport_open()


def test_a_clone_at_another_address_is_paused(db, settings):
    a_mailbox()
    installation.beat()
    settings.WAGTAILADMIN_BASE_URL = "https://staging.example"

    with pytest.raises(TransportPausedError):
        takes_mail_for(SUPPORT)
    assert Installation.objects.get().pause == Pause.OTHER_SITE


def test_a_database_beside_other_files_is_paused(db):
    an_account()
    installation.beat()
    private_files.delete(installation.FILE)

    assert installation.check().pause == Pause.OTHER_FILES


def test_a_database_that_is_older_than_its_files_is_paused(db):
    an_account()
    installation.beat()
    before = Installation.objects.get().beat
    installation._write_file(
        {"identifier": Installation.objects.get().identifier, "beat": before + 1}
    )

    assert installation.check().pause == Pause.OLDER_DATABASE


def test_an_identifier_in_the_settings_stands_for_the_file(db, settings):
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "INSTALLATION_ID": "prod-1"}
    an_account()
    private_files.delete(installation.FILE)
    assert installation.check().pause == ""

    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "INSTALLATION_ID": "prod-2"}

    assert installation.check().pause == Pause.OTHER_FILES


def test_a_pause_lasts_until_an_administrator_says_which_one_this_is(db, settings):
    owner = a_user("olga")
    an_account(owner)
    address = settings.WAGTAILADMIN_BASE_URL
    settings.WAGTAILADMIN_BASE_URL = "https://staging.example"
    installation.check()
    settings.WAGTAILADMIN_BASE_URL = address
    assert installation.check().pause == Pause.OTHER_SITE

    actions.resume_transport(by=owner)

    assert installation.check().pause == ""
    entry = ModelLogEntry.objects.get(action=actions.TRANSPORT_RESUMED)
    assert entry.user == owner


def test_a_copy_stays_paused(db, settings):
    owner = a_user("olga")
    an_account(owner)
    installation.check()

    actions.stay_paused(by=owner)

    with pytest.raises(TransportPausedError):
        installation.ensure_transport_open()
    assert Account.objects.get().installation.pause == Pause.IS_A_COPY


def test_the_adopted_installation_beats_on(db, settings):
    owner = a_user("olga")
    an_account(owner)
    settings.WAGTAILADMIN_BASE_URL = "https://new-home.example"
    installation.check()

    actions.resume_transport(by=owner)
    installation.beat()

    assert installation.check().pause == ""
    assert Installation.objects.get().site_address == "https://new-home.example"
