"""What the address of a feed answers: every row of the table of status codes."""

import gzip
import json
from datetime import timedelta

import feedparser
import pytest
from django.test import Client
from django.utils import timezone

from tests.builders import a_mailbox, a_received_conversation, a_user, grant
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions, subscriptions
from wagtail_ecp.inbox.actions import Choices
from wagtail_ecp.inbox.models import (
    Conversation,
    Folder,
    GroupMailboxPermission,
    SavedSearch,
)
from wagtail_ecp.inbox.purging import purge_junk

DAY = timedelta(days=1)
READER = "newsboat/2.21"


@pytest.fixture
def support(alice):
    mailbox = a_mailbox(repliers=[alice])
    Account.objects.update(rss_enabled=True)
    return mailbox


@pytest.fixture
def conversation(support):
    return a_received_conversation("Parcel")


@pytest.fixture(params=["mailbox", "conversation", "saved_search"])
def subscription(request, support, conversation, alice):
    """A feed of each kind, with one thing in it."""
    search = SavedSearch.objects.create(
        name="All", user=alice, rules=[{"type": "unread", "operator": "true"}]
    )
    target = {
        "mailbox": support,
        "conversation": conversation,
        "saved_search": search,
    }[request.param]
    return actions.subscribe(target, by=alice)


def url_of(subscription):
    return f"/ecp/feeds/{subscriptions.token_of(subscription)}/"


@pytest.fixture
def read(client):
    """Reads a feed, and holds each answer to what no answer may have."""

    def ask(subscription, method="get", **headers):
        url = subscription if isinstance(subscription, str) else url_of(subscription)
        headers = {"User-Agent": READER} | headers
        response = getattr(client, method)(url, headers=headers)
        assert not response.cookies
        assert "Location" not in response
        assert "Cookie" not in response["Vary"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]
        assert response["Content-Security-Policy"].startswith("sandbox")
        return response

    return ask


def titles(response):
    return [entry.title for entry in feedparser.parse(response.content).entries]


# The table


def test_a_good_address_gives_the_feed(read, subscription):
    response = read(subscription)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert response["Cache-Control"] == "private, max-age=300, must-revalidate"
    assert response["ETag"].startswith('"')
    assert "Last-Modified" in response
    assert titles(response) == ["Parcel"]


def test_what_did_not_change_is_not_sent_again(read, subscription):
    first = read(subscription)

    by_tag = read(subscription, **{"If-None-Match": first["ETag"]})
    weakly = read(subscription, **{"If-None-Match": f"W/{first['ETag']}"})
    by_time = read(subscription, **{"If-Modified-Since": first["Last-Modified"]})

    for response in (by_tag, weakly, by_time):
        assert response.status_code == 304
        assert response.content == b""
        assert response["ETag"] == first["ETag"]
        assert response["Last-Modified"] == first["Last-Modified"]
        assert response["Cache-Control"] == first["Cache-Control"]


def test_an_older_copy_is_sent_again(read, subscription):
    old = read(subscription, **{"If-None-Match": '"old"'})
    epoch = read(subscription, **{"If-Modified-Since": "Thu, 01 Jan 1970 00:00:01 GMT"})

    assert (old.status_code, epoch.status_code) == (200, 200)


@pytest.mark.parametrize("token", ["1.x", "x", "99999.abc", "1", ".", "1." + "A" * 43])
def test_an_unknown_address_leads_nowhere(read, subscription, token):
    response = read(f"/ecp/feeds/{token}/")

    assert (response.status_code, response["Cache-Control"]) == (404, "no-store")


def test_the_secret_of_another_feed_opens_nothing(read, subscription, support, alice):
    other = actions.subscribe(a_mailbox("b@example.com", readers=[alice]), by=alice)
    mark = subscriptions.token_of(other).partition(".")[2]

    response = read(f"/ecp/feeds/{subscription.pk}.{mark}/")

    assert (response.status_code, response["Cache-Control"]) == (404, "no-store")


def test_while_feeds_are_off_every_address_leads_nowhere(read, subscription):
    Account.objects.update(rss_enabled=False)
    off = read(subscription)
    Account.objects.update(rss_enabled=True)
    on = read(subscription)

    assert (off.status_code, off["Cache-Control"]) == (404, "no-store")
    assert on.status_code == 200


def test_a_revoked_subscription_is_gone(read, subscription, alice):
    actions.revoke_subscription(subscription, by=alice)

    response = read(subscription)

    assert (response.status_code, response["Cache-Control"]) == (410, "no-store")


def test_a_new_address_opens_and_the_old_one_is_gone(read, subscription, alice):
    renewed = actions.renew_subscription(subscription, by=alice)

    assert read(subscription).status_code == 410
    assert read(renewed).status_code == 200


def test_who_lost_the_right_is_refused_and_let_in_again(
    read, subscription, support, alice
):
    tag = read(subscription)["ETag"]
    GroupMailboxPermission.objects.all().delete()
    refused = read(subscription, **{"If-None-Match": tag})
    grant(alice, support, "read")

    assert (refused.status_code, refused["Cache-Control"]) == (403, "no-store")
    assert b"Parcel" not in refused.content
    assert read(subscription).status_code == 200


def test_an_inactive_member_is_refused(read, subscription, alice):
    alice.is_active = False
    alice.save()

    assert read(subscription).status_code == 403


def test_a_search_that_is_no_longer_shared_is_refused(read, support, alice, bob):
    grant(bob, support, "read")
    search = SavedSearch.objects.create(name="All", user=alice, is_shared=True)
    subscription = actions.subscribe(search, by=bob)
    assert read(subscription).status_code == 200

    SavedSearch.objects.update(is_shared=False)

    assert read(subscription).status_code == 403


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
def test_a_feed_can_only_be_read(read, subscription, method):
    assert read(subscription, method).status_code == 405


def test_head_is_get_without_a_body(read, subscription):
    whole, head = read(subscription), read(subscription, "head")

    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Last-Modified", "Content-Type", "Cache-Control"):
        assert head[name] == whole[name]


def test_the_old_key_opens_while_it_is_kept(read, subscription, settings):
    url = url_of(subscription)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a newer one"
    kept = read(url)
    settings.SECRET_KEY_FALLBACKS = []
    dropped = read(url)

    assert (kept.status_code, dropped.status_code) == (200, 404)


def test_a_session_is_neither_needed_nor_looked_at(read, client, subscription):
    client.force_login(a_user("mallory"))
    client.cookies.clear()

    assert read(subscription).status_code == 200


def test_a_reader_without_csrf_token_is_told_why_it_can_not_post(subscription, alice):
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(url_of(subscription)).status_code == 405


# What it says of readers


def test_who_reads_is_written_down(read, subscription):
    read(subscription)

    subscription.refresh_from_db()
    assert subscription.last_reader == READER
    assert subscription.last_read_at is not None


def test_who_is_refused_has_read_nothing(read, subscription, alice):
    actions.revoke_subscription(subscription, by=alice)
    read(subscription)

    subscription.refresh_from_db()
    assert subscription.last_read_at is None


# How it is sent


def test_a_feed_travels_compressed(read, subscription):
    plain = read(subscription)
    packed = read(subscription, **{"Accept-Encoding": "gzip"})

    assert packed["Content-Encoding"] == "gzip"
    assert packed["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.content) == plain.content
    again = read(subscription, **{"If-None-Match": packed["ETag"]})
    assert again.status_code == 304


def test_two_readings_of_the_same_are_the_same_bytes(read, subscription):
    first = read(subscription, **{"Accept-Language": "de"})
    second = read(subscription, **{"User-Agent": "another"})

    assert first.content == second.content
    assert first["ETag"] == second["ETag"]


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("atom", "application/atom+xml"), ("json", "application/feed+json")],
)
def test_a_feed_comes_in_the_format_that_was_chosen(
    read, support, conversation, alice, name, content_type
):
    subscription = actions.subscribe(support, Choices(format=name), by=alice)

    response = read(subscription)

    assert response["Content-Type"].startswith(content_type)
    if name == "json":
        assert json.loads(response.content)["items"][0]["title"] == "Parcel"


def test_another_choice_is_another_version(read, support, conversation, alice):
    first = read(actions.subscribe(support, by=alice))
    changed = actions.subscribe(support, Choices(has_notes=True), by=alice)

    assert read(changed, **{"If-None-Match": first["ETag"]}).status_code == 200


# What is left out


@pytest.mark.parametrize("junk", [Folder.SPAM, Folder.TRASH])
def test_what_goes_to_the_junk_is_gone_at_the_next_reading(
    read, subscription, conversation, alice, junk
):
    tag = read(subscription)["ETag"]

    actions.move_to(junk, conversation, by=alice)

    response = read(subscription, **{"If-None-Match": tag})
    assert response.status_code == 200
    assert titles(response) == []


def test_what_is_deleted_is_gone_with_its_own_feed(read, subscription, conversation):
    actions.move_to(Folder.TRASH, conversation, by=subscription.user)
    Conversation.objects.update(junked_at=timezone.now() - 99 * DAY)
    purge_junk()

    response = read(subscription)

    is_its_own = subscription.conversation_id is not None
    assert response.status_code == (404 if is_its_own else 200)
    assert b"Parcel" not in response.content
