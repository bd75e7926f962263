"""Subscribing in a browser: from the button to a reader, and off with all of it."""

import urllib.error
import urllib.request

import feedparser
import pytest
from django.contrib.auth.models import Permission
from selenium.webdriver.common.by import By
from wagtail.users.models import UserProfile

from tests.builders import a_mailbox, a_received_conversation, a_user, an_account
from tests.end_to_end.axe import barriers
from tests.end_to_end.browser import (
    find,
    log_in,
    main_text,
    picture,
    press,
    violations,
)
from tests.end_to_end.conftest import until
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import SavedSearch, Subscription

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture
def support(transactional_db):
    """Olga owns the account and reads Support, as Nora does who administers it."""
    olga, nora = a_user("olga"), a_user("nora")
    nora.user_permissions.add(Permission.objects.get(codename="administer_ecp"))
    an_account(olga)
    mailbox = a_mailbox(readers=[olga, nora])
    Account.objects.update(rss_enabled=True, use_ssl=False)
    return mailbox


def fetch(address, site):
    """Return status and body, as a reader with no cookie gets them."""
    # The tests' settings name another site than the one that runs here.
    url = address.replace("http://tests.example", site)
    try:
        with urllib.request.urlopen(url) as response:  # noqa: S310 - our own
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, b""


def test_from_the_button_to_a_reader_and_off_again(support, live_server, chromium):
    site = live_server.url
    a_received_conversation("Parcel never arrived")
    log_in(chromium, site, "olga")
    chromium.get(f"{site}/admin/mail/{support.pk}/inbox/")

    press(chromium, find(chromium, "a[title=Subscribe]"))
    press(chromium, find(chromium, "main form [type=submit]"))
    field = find(chromium, "#ecp-feed-address")
    picture(chromium, "feed")
    address = field.get_attribute("value")

    status, body = fetch(address, site)
    assert status == 200
    assert [e.title for e in feedparser.parse(body).entries] == ["Parcel never arrived"]
    chromium.refresh()
    until(lambda: "Last read:" in main_text(chromium))
    assert "Python-urllib" in main_text(chromium)
    switch_feeds(chromium, site)
    assert fetch(address, site)[0] == 404
    chromium.get(f"{site}/admin/mail/{support.pk}/inbox/")
    assert not chromium.find_elements(By.CSS_SELECTOR, "a[href*='/feeds/mailbox/']")
    switch_feeds(chromium, site)
    assert fetch(address, site)[0] == 200
    assert violations(chromium) == []


def switch_feeds(browser, site):
    """Switch feeds off, or on again, as the owner does."""
    before = Account.objects.get().rss_enabled
    browser.get(f"{site}/admin/mail/account/")
    press(browser, find(browser, "[name=ecp_options-rss_enabled]"))
    press(browser, find(browser, "main form [type=submit]"))
    until(lambda: "Saved: Enable RSS." in browser.page_source)
    assert Account.objects.get().rss_enabled != before


def test_the_address_is_copied_by_a_button_that_says_so(support, live_server, chromium):
    log_in(chromium, live_server.url, "olga")
    chromium.execute_cdp_cmd(
        "Browser.grantPermissions",
        {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]},
    )
    actions.subscribe(support, by=Account.objects.get().owner)
    chromium.get(f"{live_server.url}/admin/mail/feeds/mailbox/{support.pk}/")

    press(chromium, chromium.find_element(By.XPATH, "//button[contains(., 'Copy')]"))

    until(lambda: "Copied." in main_text(chromium))
    copied = chromium.execute_async_script(
        "navigator.clipboard.readText().then(arguments[0])"
    )
    field = chromium.find_element(By.ID, "ecp-feed-address")
    assert copied == field.get_attribute("value")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_about_feeds_bars_anybody(support, live_server, chromium, theme):
    site = live_server.url
    olga, conversation = Account.objects.get().owner, a_received_conversation("Parcel")
    nora = type(olga).objects.get(username="nora")
    for user in (olga, nora):
        UserProfile.objects.update_or_create(user=user, defaults={"theme": theme})
    search = SavedSearch.objects.create(
        name="Unread", user=olga, rules=[{"type": "unread", "operator": "true"}]
    )
    for target in (support, conversation, search):
        actions.subscribe(target, by=olga)
    of_olgas = Subscription.objects.first().pk

    log_in(chromium, site, "nora")
    chromium.get(f"{site}/admin/mail/feeds/")
    find(chromium, ".ecp-feeds")
    assert barriers(chromium) == []
    if theme == "light":
        picture(chromium, "feeds")
    chromium.get(f"{site}/admin/mail/feeds/{of_olgas}/end/?from=everybody")
    find(chromium, "main form")
    assert barriers(chromium) == []
    chromium.delete_all_cookies()
    log_in(chromium, site, "olga")
    for path in (
        f"feeds/mailbox/{support.pk}/",
        f"feeds/conversation/{conversation.pk}/",
        f"feeds/saved-search/{search.pk}/",
    ):
        chromium.get(f"{site}/admin/mail/{path}")
        find(chromium, "#ecp-feed-address")
        assert barriers(chromium) == [], path
    chromium.get(f"{site}/admin/account/#tab-ecp-mail")
    until(find(chromium, ".ecp-feeds").is_displayed)
    assert barriers(chromium, ".ecp-feeds") == []
    assert violations(chromium) == []
