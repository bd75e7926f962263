"""Subscribing in the admin: the way in, the address, and its end."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from tests.admin.queries import queries_of
from tests.builders import a_mailbox, a_received_conversation, a_user, grant
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.admin import subscription_lists
from wagtail_ecp.inbox import actions, subscriptions
from wagtail_ecp.inbox.models import (
    GroupMailboxPermission,
    Mailbox,
    SavedSearch,
    Subscription,
)

ACCOUNT = "/admin/account/"


@pytest.fixture
def support(alice, client):
    mailbox = a_mailbox(readers=[alice])
    Account.objects.update(rss_enabled=True)
    client.force_login(alice)
    return mailbox


@pytest.fixture
def conversation(support):
    return a_received_conversation("Parcel")


@pytest.fixture
def search(alice):
    return SavedSearch.objects.create(
        name="Unread", user=alice, rules=[{"type": "unread", "operator": "true"}]
    )


@pytest.fixture(params=["mailbox", "conversation", "saved-search"])
def shown(request, support, conversation, search):
    """A page, and where one subscribes to what it shows."""
    target, page = {
        "mailbox": (support, reverse("wagtail_ecp:folder", args=[support.pk, "inbox"])),
        "conversation": (
            conversation,
            reverse("wagtail_ecp:conversation", args=[conversation.pk]),
        ),
        "saved-search": (search, reverse("wagtail_ecp:saved_search", args=[search.pk])),
    }[request.param]
    url = reverse("wagtail_ecp:subscribe", args=[request.param, target.pk])
    return target, page, url


def soup(client, url):
    return BeautifulSoup(client.get(url).content, "html.parser")


def alternate(client, url):
    return soup(client, url).select_one("head link[rel=alternate]")


def test_each_page_leads_to_its_feed_and_the_address_works(client, shown):
    _target, page, url = shown
    assert soup(client, page).select_one(f'a[href="{url}"]').text.strip() == "Subscribe"

    client.post(url, {"format": "atom"})

    address = soup(client, url).select_one("#ecp-feed-address")["value"]
    assert address.startswith("http://tests.example/ecp/feeds/")
    response = client.get(address.removeprefix("http://tests.example"))
    assert response.status_code == 200
    assert b"Parcel" in response.content


def test_pages_name_the_viewers_own_feed_in_their_head(client, shown, alice, bob):
    target, page, url = shown
    assert alternate(client, page) is None

    feed = actions.subscribe(target, by=alice)

    link = alternate(client, page)
    assert link["type"] == "application/rss+xml"
    assert link["href"].endswith(f"/{subscriptions.token_of(feed)}/")
    assert soup(client, page).select_one(f'a[href="{url}"]').text.strip() == "Your feed"
    grant(bob, Mailbox.objects.get(), "read")
    SavedSearch.objects.update(is_shared=True)
    client.force_login(bob)
    assert alternate(client, page) is None


def test_without_feeds_nothing_leads_to_them(client, shown, alice):
    target, page, url = shown
    actions.subscribe(target, by=alice)
    Account.objects.update(rss_enabled=False)

    found = soup(client, page)

    assert found.select_one("head link[rel=alternate]") is None
    assert found.select_one(f'a[href="{url}"]') is None
    page_itself = soup(client, url)
    assert "switched off" in page_itself.text
    assert page_itself.select_one("#ecp-feed-address") is None
    assert "switched off" in soup(client, ACCOUNT).select_one(".ecp-profile").text


def test_a_page_that_was_open_too_long_says_that_feeds_are_off(client, support):
    url = reverse("wagtail_ecp:subscribe", args=["mailbox", support.pk])
    Account.objects.update(rss_enabled=False)

    response = client.post(url, {"format": "rss"})

    assert "switched off" in response.content.decode()
    assert not Subscription.objects.exists()


def test_the_choices_are_those_that_there_are(client, support, conversation, search):
    def names(kind, number):
        url = reverse("wagtail_ecp:subscribe", args=[kind, number])
        fields = soup(client, url).select("form .w-field__input input")
        return {
            field["name"]: field.has_attr("disabled")
            for field in fields
            if field["type"] != "hidden"
        }

    assert names("mailbox", support.pk) == {"format": False, "has_bodies": True}
    Account.objects.update(rss_full_bodies=True)
    assert names("mailbox", support.pk) == {"format": False, "has_bodies": False}
    assert set(names("conversation", conversation.pk)) == {
        *("format", "has_bodies", "has_notes")
    }
    assert set(names("saved-search", search.pk)) == {"format"}


def test_choices_are_kept_and_shown_again(client, conversation):
    Account.objects.update(rss_full_bodies=True)
    url = reverse("wagtail_ecp:subscribe", args=["conversation", conversation.pk])

    client.post(url, {"format": "json", "has_bodies": "on", "has_notes": "on"})

    feed = Subscription.objects.get()
    assert (feed.format, feed.has_bodies, feed.has_notes) == ("json", True, True)
    checked = {f["name"] for f in soup(client, url).select("form input[checked]")}
    assert checked == {"format", "has_bodies", "has_notes"}


def test_a_conversation_that_became_part_of_another_leads_to_the_whole(
    client, conversation, alice
):
    grant(alice, conversation.mailbox, "reply")
    other = a_received_conversation("Other")
    actions.merge(conversation, other, by=alice)

    client.post(
        reverse("wagtail_ecp:subscribe", args=["conversation", other.pk]),
        {"format": "rss"},
    )

    assert Subscription.objects.get().conversation == conversation


@pytest.mark.parametrize("kind", ["mailbox", "conversation", "saved-search", "x"])
def test_nobody_learns_of_what_they_may_not_read(
    client, bob, support, conversation, search, kind
):
    client.force_login(bob)
    for number in (support.pk, conversation.pk, search.pk, 999):
        url = reverse("wagtail_ecp:subscribe", args=[kind, number])
        assert client.get(url).status_code == 404
        assert client.post(url, {"format": "rss"}).status_code == 404


# One's own


def test_the_account_page_lists_ones_own_feeds(client, shown, alice, bob):
    target, _page, url = shown
    feed = actions.subscribe(target, by=alice)
    Subscription.objects.update(last_read_at=timezone.now(), last_reader="newsboat/2")

    tab = soup(client, ACCOUNT).select_one(".ecp-feeds")

    assert tab.select_one(f'a[href="{url}"]') is not None
    assert "RSS 2.0" in tab.text
    assert "by newsboat/2" in tab.text
    assert subscriptions.token_of(feed) not in str(tab)


def test_who_follows_nothing_is_told_how(client, support):
    tab = soup(client, ACCOUNT).select_one(".ecp-profile")

    assert "You follow nothing in a feed reader yet." in tab.text


def test_what_one_may_no_longer_read_is_not_named_and_can_be_ended(
    client, support, alice
):
    grant(alice, a_mailbox("other@example.com"), "read")
    actions.subscribe(a_received_conversation("Secret"), by=alice)
    GroupMailboxPermission.objects.filter(mailbox=support).delete()

    tab = soup(client, ACCOUNT).select_one(".ecp-feeds")

    assert "Secret" not in tab.text
    assert "something that you may no longer read" in tab.text
    client.post(tab.select_one("a.no")["href"])
    assert not Subscription.objects.live().exists()


def test_a_new_address_is_asked_for_and_shown(client, support, alice):
    feed = actions.subscribe(support, by=alice)
    url = reverse("wagtail_ecp:renew_subscription", args=[feed.pk])
    assert "The old address leads nowhere" in client.get(url).content.decode()

    response = client.post(url, follow=True)

    renewed = Subscription.objects.live().get()
    assert renewed != feed
    assert subscriptions.token_of(renewed) in response.content.decode()


def test_the_account_page_has_no_button_that_enter_could_press(client, support, alice):
    actions.subscribe(support, by=alice)

    assert soup(client, ACCOUNT).select(".ecp-feeds :is(button, input)") == []


# Everybody's


@pytest.fixture
def administrator(client):
    user = a_user("administrator")
    user.user_permissions.add(Permission.objects.get(codename="administer_ecp"))
    client.force_login(user)
    return user


def test_administrators_see_who_follows_what_and_no_secret(
    client, support, conversation, search, alice, administrator
):
    feeds = [actions.subscribe(t, by=alice) for t in (support, conversation, search)]

    page = soup(client, reverse("wagtail_ecp:subscriptions"))

    rows = [" ".join(row.text.split()) for row in page.select("tbody tr")]
    assert len(rows) == 3
    assert all("alice" in row for row in rows)
    assert f"#{conversation.pk} in Support" in rows[1]
    assert "Support" in rows[2]
    for secret in ("Parcel", "Unread", *map(subscriptions.token_of, feeds)):
        assert secret not in str(page.select_one("main"))


def test_administrators_end_anybodys_feed(client, support, alice, administrator):
    actions.subscribe(support, by=alice)
    everybodys = reverse("wagtail_ecp:subscriptions")
    url = soup(client, everybodys).select_one("a.no")["href"]

    response = client.post(url, {"from": "everybody"})

    assert response.url == everybodys
    assert not Subscription.objects.live().exists()


def test_an_empty_list_says_how_one_subscribes(client, support, administrator):
    page = soup(client, reverse("wagtail_ecp:subscriptions"))

    assert "Nobody follows anything yet." in page.text
    assert "Members choose Subscribe" in page.text


# What it costs


def test_lists_of_feeds_cost_the_same_with_many(
    client, support, alice, django_assert_max_num_queries
):
    root = a_user("root", is_superuser=True)

    def costs():
        client.force_login(alice)
        own = len(queries_of(client, ACCOUNT))
        client.force_login(root)
        return own, len(queries_of(client, reverse("wagtail_ecp:subscriptions")))

    def subscribe(number):
        for index in range(number):
            conversation = a_received_conversation(f"Parcel {index}")
            actions.subscribe(conversation, by=alice)

    subscribe(2)
    few = costs()
    subscribe(8)

    assert costs() == few


def test_a_page_pays_one_query_for_its_feed_and_none_while_feeds_are_off(client, shown):
    _target, page, _url = shown
    on = len(queries_of(client, page))
    Account.objects.update(rss_enabled=False)

    assert len(queries_of(client, page)) == on - 1


def test_the_administrators_list_goes_on(client, support, alice, administrator):
    for index in range(subscription_lists.ROWS + 1):
        mailbox = a_mailbox(f"box{index}@example.com", readers=[alice])
        actions.subscribe(mailbox, by=alice)

    page = soup(client, reverse("wagtail_ecp:subscriptions"))
    assert len(page.select("tbody tr")) == subscription_lists.ROWS
    older = page.select_one("a[rel=next]")["href"]
    last = soup(client, reverse("wagtail_ecp:subscriptions") + older)
    assert len(last.select("tbody tr")) == 1
