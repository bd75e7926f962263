"""The search's screen: what it finds, says and completes, and for whom."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from tests.admin.queries import queries_of
from tests.builders import a_mailbox, a_user, an_email, grant, receive_and_process
from wagtail_ecp.inbox.models import (
    Conversation,
    ConversationTag,
    SavedSearch,
    Tag,
)
from wagtail_ecp.inbox.search import pages
from wagtail_ecp.inbox.search.indexing import index_waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return a_user("alice")


@pytest.fixture
def mailbox(alice):
    return a_mailbox(repliers=[alice])


@pytest.fixture
def mine(client, alice):
    client.force_login(alice)
    return client


def receive(*mails, to="support@example.com"):
    receive_and_process(*mails, to=to)
    while index_waiting():
        pass


def search(client, text, **more):
    return client.get(reverse("wagtail_ecp:search"), {"q": text, **more})


def numbers_in(response):
    found = []
    html = response.content.decode()
    for row in Conversation.objects.order_by("pk"):
        place = html.find(f"/conversations/{row.pk}/")
        if place >= 0:
            found.append((place, row.pk))
    return [number for _place, number in sorted(found)]


def link(response, after):
    """Return the address of the link that goes on so; "" if there is none."""
    before, found, _rest = response.content.decode().partition(after)
    return unescape(before.rpartition('href="')[2]) if found else ""


def test_a_search_shows_what_it_finds_and_stands_in_the_box(mine, mailbox):
    receive(an_email("Where is my parcel?"), an_email("Invoice"))

    response = search(mine, "parcel from:vera")

    assert "Where is my parcel?" in response.content.decode()
    assert "Invoice" not in response.content.decode()
    assert 'value="parcel from:vera"' in response.content.decode()


def test_nobody_finds_what_they_may_not_read(mine, alice, mailbox):
    a_mailbox("other@example.com")
    receive(an_email("Secret parcel", to="other@example.com"), to="other@example.com")
    receive(an_email("Parcel"))
    other = Conversation.objects.get(subject="Secret parcel")

    for text in (
        "parcel",
        "secret",
        f"conversation:{other.pk}",
        "-nothing",
        "in:inbox",
    ):
        response = search(mine, text)
        assert "Secret" not in response.content.decode()
        assert other.pk not in numbers_in(response)


def test_what_one_may_read_no_longer_is_not_found(mine, alice, mailbox):
    receive(an_email("Parcel"))
    alice.groups.filter(mailbox_permissions__isnull=False).delete()
    grant(alice, a_mailbox("other@example.com"), "read")

    assert numbers_in(search(mine, "parcel")) == []


def test_what_moved_to_another_mailbox_is_found_by_its_readers_alone(mine, mailbox):
    other = a_mailbox("other@example.com")
    receive(an_email("Parcel"))
    # Before the index has heard of it.
    Conversation.objects.update(mailbox=other)

    assert numbers_in(search(mine, "parcel")) == []


def test_the_best_stand_first_and_the_newest_when_asked(mine, mailbox):
    receive(an_email("Parcel", "Parcel, parcel!"))
    receive(an_email("Other", "a parcel among many other words " * 20))
    best, newest = Conversation.objects.order_by("pk")
    Conversation.objects.filter(pk=best.pk).update(
        last_message_at=newest.last_message_at - timedelta(days=1)
    )

    assert numbers_in(search(mine, "parcel")) == [best.pk, newest.pk]
    assert numbers_in(search(mine, "parcel", order="date")) == [newest.pk, best.pk]
    assert numbers_in(search(mine, "in:inbox")) == [newest.pk, best.pk]


@pytest.mark.parametrize("order", ["date", "relevance"])
def test_every_result_is_on_one_page(mine, mailbox, monkeypatch, order):
    monkeypatch.setattr(pages, "ROWS", 3)
    receive(*(an_email(f"Parcel {number}") for number in range(8)))

    found, url = [], reverse("wagtail_ecp:search") + f"?q=parcel&order={order}"
    while url:
        response = mine.get(url)
        found += numbers_in(response)
        url = link(response, '" rel="next"')

    assert len(found) == 8
    assert set(found) == set(Conversation.objects.values_list("pk", flat=True))


def test_spam_and_trash_are_left_out_and_a_link_leads_there(mine, mailbox):
    receive(an_email("Parcel"))
    Conversation.objects.update(folder="trash")

    response = search(mine, "parcel")
    assert numbers_in(response) == []
    wider = link(response, '">Search there as well')
    assert "anywhere" in wider
    assert len(numbers_in(mine.get(wider))) == 1


def test_nothing_found_says_how_to_find_more(mine, mailbox):
    content = search(mine, "zanzibar").content.decode()

    assert "Nothing was found." in content
    assert "Fewer words and rules find more." in content


def test_an_empty_box_explains_itself(mine, mailbox):
    receive(an_email("Parcel"))

    response = mine.get(reverse("wagtail_ecp:search"))

    assert "Search all mail that you may read." in response.content.decode()
    assert numbers_in(response) == []


@pytest.mark.parametrize(
    "text",
    [
        "AND (",
        "*",
        '"',
        '"""',
        "a*b*",
        "NEAR(a b)",
        "body:x",
        "{autocomplete}: x",
        "col:a NOT b",
        "a\0b",
        "' & | ! :* <-> (",
        "\\",
        'from:"',
        "-",
        "--",
        "-*",
        "before:",
        "before:9999-12-31",
        "after:0001-01-01",
        "on:2026-02-30",
        "newer:9999y",
        "conversation:999999999999999999",
        "conversation:#",
        "é" * 3000,
        "word " * 2000,
        "from:" * 2000,
        "x" * 10_000,
        "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        "👩‍👩‍👧 \u202e ٣",
        "message:" + "x" * 400,
        "tag:" + "y" * 400,
        "<script>alert(1)</script>",
    ],
)
@pytest.mark.parametrize("order", ["date", "relevance"])
def test_no_text_is_an_error(mine, mailbox, text, order):
    receive(an_email("Parcel"))

    response = search(mine, text, order=order)

    assert response.status_code == 200
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize("before", ["x", "-1", "0", "9" * 30, "99999-1", "1001"])
def test_no_place_to_begin_at_is_an_error(mine, mailbox, before):
    receive(an_email("Parcel"))

    assert search(mine, "parcel", before=before).status_code == 200
    assert search(mine, "parcel", before=before, order="date").status_code == 200


def test_what_was_not_understood_is_said(mine, mailbox):
    content = search(mine, "form:vera before:soon").content.decode()

    assert "nothing like “form:vera” to search by" in content
    assert "“before:soon” is nothing that can be searched by" in content


def test_what_strangers_wrote_is_escaped(mine, mailbox):
    receive(an_email("<b>Parcel</b>", sender='"<i>Vera</i>" <v@x.example>'))

    content = search(mine, "parcel").content.decode()

    assert "<b>Parcel" not in content
    assert "&lt;b&gt;Parcel" in content


def test_a_page_costs_the_same_for_one_and_for_fifty(mine, mailbox):
    receive(an_email("Parcel 0"))
    url = reverse("wagtail_ecp:search") + "?q=parcel"
    one = queries_of(mine, url)
    receive(*(an_email(f"Parcel {number}") for number in range(1, 50)))

    many = queries_of(mine, url)

    assert len(many) <= len(one)
    assert len(many) <= 15
    assert not [sql for sql in many if "COUNT(" in sql.upper() and "LIMIT" not in sql]


def test_one_comes_back_to_the_results_and_goes_on_in_them(rf, alice, mailbox):
    from wagtail_ecp.admin.places import came_from

    receive(*(an_email(f"Parcel {number}") for number in range(3)))
    first, second, third = Conversation.objects.order_by("pk")
    request = rf.get("/", {"from": "search?q=parcel&order=date"})
    request.user = alice

    place = came_from(request, second)

    assert place.url == reverse("wagtail_ecp:search") + "?q=parcel&order=date"
    assert tuple(place.neighbours(second)) == (third.pk, first.pk)
    assert set(place.everything()) == {first, second, third}


def test_neighbours_by_relevance_follow_the_results(rf, mine, alice, mailbox):
    from wagtail_ecp.admin.places import came_from

    receive(*(an_email(f"Parcel {'more ' * number}") for number in range(3)))
    order = numbers_in(search(mine, "parcel"))
    request = rf.get("/", {"from": "search?q=parcel"})
    request.user = alice
    middle = Conversation.objects.get(pk=order[1])

    found = came_from(request, middle).neighbours(middle)

    assert tuple(found) == (order[0], order[2])


def complete(client, word):
    response = client.get(reverse("wagtail_ecp:search_complete"), {"word": word})
    return [one["text"] for one in response.json()]


def test_keys_complete_as_one_types(mine, mailbox):
    assert complete(mine, "fr") == ["from:"]
    assert complete(mine, "-sub") == ["-subject:"]
    assert complete(mine, "is:un") == ["is:unread "]
    assert complete(mine, "assignee:m") == ["assignee:me "]
    assert complete(mine, "in:tr") == ["in:trash "]
    assert complete(mine, "newer:7") == ["newer:7d "]


def test_values_complete_with_what_the_member_knows(mine, alice, mailbox):
    a_user("boris")
    bob = a_user("bob")
    grant(bob, mailbox, "read")
    other = a_mailbox("other@example.com", readers=[a_user("bodo")])
    receive(an_email("Parcel"))
    receive(
        an_email("Secret", sender="Vesna <vesna@x.example>", to=other.address),
        to=other.address,
    )
    for conversation, name in (
        (Conversation.objects.get(subject="Parcel"), "Very late"),
        (Conversation.objects.get(subject="Secret"), "Verdict"),
    ):
        tag = Tag.objects.create(name=name, key=name.casefold())
        ConversationTag.objects.create(conversation=conversation, tag=tag)

    assert complete(mine, "assignee:bo") == ["assignee:bob "]
    assert complete(mine, "tag:ver") == ['tag:"Very late" ']
    assert complete(mine, 'tag:"very l') == ['tag:"Very late" ']
    assert complete(mine, "from:ve") == ["from:vera@customer.example "]
    assert complete(mine, "mailbox:oth") == []
    assert complete(mine, "mailbox:sup") == ["mailbox:support@example.com "]


@pytest.mark.parametrize("word", ["", ":", "from:", "x:y", "tag:\0", "%", "-" * 500])
def test_no_word_that_is_typed_is_an_error(mine, mailbox, word):
    response = mine.get(reverse("wagtail_ecp:search_complete"), {"word": word})

    assert response.status_code == 200


@pytest.mark.parametrize(("reads", "is_led"), [(True, True), (False, False)])
def test_members_alone_reach_it_from_wagtails_own_search(rf, alice, reads, is_led):
    from wagtail.admin.search import admin_search_areas

    a_mailbox(readers=[alice] if reads else [])
    request = rf.get("/")
    request.user = alice
    areas = admin_search_areas.search_items_for_request(request)

    assert (reverse("wagtail_ecp:search") in [area.url for area in areas]) == is_led


def test_the_box_is_above_every_list(mine, mailbox):
    url = reverse("wagtail_ecp:folder", args=[mailbox.pk, "inbox"])

    content = mine.get(url).content.decode()

    assert 'id="ecp-search-box"' in content
    assert f'action="{reverse("wagtail_ecp:search")}"' in content


def test_saved_searches_are_in_the_menu_for_no_further_query(mine, alice, mailbox):
    url = reverse("wagtailadmin_home")
    before = len(queries_of(mine, url))
    bob = a_user("bob")
    for name, user, is_shared in (
        ("Mine alone", alice, False),
        ("For all", bob, True),
        ("Not for all", bob, False),
    ):
        SavedSearch.objects.create(name=name, user=user, is_shared=is_shared)

    content = mine.get(url).content.decode()

    assert "Mine alone" in content
    assert "For all" in content
    assert "Not for all" not in content
    assert len(queries_of(mine, url)) == before


def test_results_are_changed_together_by_what_is_ticked(mine, mailbox):
    receive(an_email("Parcel 1"), an_email("Parcel 2"), an_email("Invoice"))
    one = Conversation.objects.get(subject="Parcel 1")
    assert f"name=row value={one.pk}" in search(mine, "parcel").content.decode()

    mine.post(
        reverse("wagtail_ecp:bulk"),
        {"from": "search?q=parcel", "action": "archive", "row": [one.pk]},
    )

    archived = Conversation.objects.filter(folder="archive")
    assert list(archived) == [one]


def test_everything_that_a_search_finds_is_found_again_by_a_job(rf, alice, mailbox):
    from django.utils import timezone

    from wagtail_ecp.admin.places import find_place
    from wagtail_ecp.inbox import bulk_sources

    receive(*(an_email(f"Parcel {number}") for number in range(3)), an_email("Invoice"))
    parcels = set(
        Conversation.objects.exclude(subject="Invoice").values_list("pk", flat=True)
    )
    request = rf.get("/", {"from": "search?q=parcel"})
    request.user = alice
    place = find_place(request, "search?q=parcel")
    assert place is not None
    assert place.where is not None

    source = bulk_sources.read(place.where, alice)
    first, cursor = source.piece("", most=2, until=timezone.now())
    rest, end = source.piece(cursor, most=2, until=timezone.now())

    assert {*first, *rest} == parcels
    assert end == ""
    assert source.among(Conversation.objects.values_list("pk", flat=True)) == parcels
