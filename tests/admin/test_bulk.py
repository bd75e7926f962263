"""The bar above a list: ticked rows and whole lists, asking first, progress and undo."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from tests.admin.queries import queries_of
from tests.builders import a_conversation, a_mailbox, an_email, receive_and_process
from wagtail_ecp.inbox import actions, bulk
from wagtail_ecp.inbox.actions.bulk import BULK_ACTION_NAMED
from wagtail_ecp.inbox.models import (
    BulkChange,
    BulkItem,
    Conversation,
    Folder,
    FolderCounter,
)
from wagtail_ecp.inbox.models.leases import new_owner

pytestmark = pytest.mark.django_db

BULK = reverse("wagtail_ecp:bulk")
State = BulkChange.State


@pytest.fixture
def support(alice, bob):
    return a_mailbox(repliers=[alice, bob])


@pytest.fixture
def press(client, alice):
    """Return a function that presses a button of alice's bar and follows it."""
    client.force_login(alice)

    def post(action, rows=(), *, place, **data):
        form = {"action": action, "row": [row.pk for row in rows], "from": place}
        return client.post(BULK, form | data, follow=True)

    return post


@pytest.fixture
def large(monkeypatch, settings):
    """Make every change too large to be done at once; no worker is there."""
    monkeypatch.setattr(bulk, "AT_ONCE", -1)
    monkeypatch.setattr("wagtail_ecp.queue.enqueue", lambda *_args, **_options: None)


def some(mailbox, number, **facts):
    return [a_conversation(mailbox, f"No. {index}", **facts) for index in range(number)]


def inbox(mailbox):
    return f"{mailbox.pk}/inbox"


def list_of(mailbox, name="inbox"):
    return reverse("wagtail_ecp:folder", args=[mailbox.pk, name])


def url_of(name, change):
    return reverse(f"wagtail_ecp:{name}", args=[change.pk])


def folders():
    return list(Conversation.objects.order_by("pk").values_list("folder", flat=True))


def text(response):
    return " ".join(response.content.decode().split())


def buttons(soup):
    return [button["value"] for button in soup.select(".ecp-bulk [name=action]")]


# The bar


def test_rows_have_labelled_boxes_and_the_bar_its_buttons(support, browse, alice):
    receive_and_process(an_email("Where is my parcel?"))

    soup = browse(alice)(list_of(support))
    box = soup.select_one("td input[name=row]")

    assert soup.find(id=box["aria-labelledby"]).text == "Where is my parcel?"
    assert buttons(soup)[:3] == ["archive", "mine", "assign"]
    assert soup.select_one(".ecp-bulk details summary").text == "More"
    assert soup.select_one("input[name=from]")["value"] == inbox(support)


@pytest.mark.parametrize("name", ["spam", "archive", "trash"])
def test_list_offers_nothing_that_is_so_already(support, browse, alice, name):
    some(support, 1, folder=name)

    offered = buttons(browse(alice)(list_of(support, name)))

    assert name not in offered
    assert ("wanted" in offered) == (name == "spam")


def test_who_may_only_read_gets_no_boxes(browse, bob):
    mailbox = a_mailbox(readers=[bob])
    some(mailbox, 1)

    soup = browse(bob)(list_of(mailbox))

    assert soup.select(".ecp-list tbody tr")
    assert soup.select("[name=row], .ecp-bulk") == []


def test_everything_is_offered_where_there_is_more_than_the_page(
    support, browse, alice
):
    some(support, 50)
    get = browse(alice)

    assert not get(list_of(support)).select("[name=everything]")
    some(support, 1)
    assert get(list_of(support)).select("[name=everything]")


def test_fifty_rows_that_can_be_ticked_cost_no_query_more_than_five(client, alice):
    few, many = a_mailbox(repliers=[alice]), a_mailbox("x@y.example", repliers=[alice])
    some(few, 5)
    some(many, 51)
    client.force_login(alice)

    for_five, for_fifty = (queries_of(client, list_of(box)) for box in (few, many))

    assert len(for_five) == len(for_fifty) <= 15
    assert not [sql for sql in for_fifty if "COUNT(" in sql]


# Ticked rows


def test_ticked_rows_are_archived_at_once_and_brought_back_by_the_notice(
    support, press, client
):
    one, two, three = some(support, 3)

    response = press("archive", [one, three], place=inbox(support))

    assert folders() == ["archive", "inbox", "archive"]
    assert response.redirect_chain == [(list_of(support), 302)]
    assert "Archived: 2 conversations." in text(response)
    change = BulkChange.objects.get()
    assert url_of("undo_bulk", change) in text(response)
    response = client.post(
        url_of("undo_bulk", change), {"next": list_of(support)}, follow=True
    )
    assert "Undone: all is as it was." in text(response)
    assert folders() == ["inbox"] * 3
    assert two.pk


def test_what_changed_since_stays_and_is_named(support, press, client, bob):
    one, two = some(support, 2)
    press("archive", [one, two], place=inbox(support))
    actions.move_to(Folder.TRASH, two, by=bob)

    change = BulkChange.objects.get()
    response = client.post(url_of("undo_bulk", change), follow=True)

    assert folders() == ["inbox", "trash"]
    assert f"something has happened there since: #{two.pk}." in text(response)
    page = client.get(url_of("bulk_result", change))
    assert "Undone, but for what changed since." in text(page)
    assert "No. 1" in text(page)


def test_list_one_came_from_is_led_back_to_at_its_page(support, press):
    (row,) = some(support, 1)

    response = press("archive", [row], place=f"{inbox(support)}?before=12-34")

    assert response.redirect_chain == [(f"{list_of(support)}?before=12-34", 302)]


def test_nothing_ticked_says_what_to_do(support, press):
    some(support, 1)

    response = press("archive", place=inbox(support))

    assert "Tick conversations first" in text(response)
    assert not BulkChange.objects.exists()


def test_foreign_numbers_are_left_alone_counted_and_not_told(support, press, client):
    secret = a_mailbox("secret@example.com")
    (ours,) = some(support, 1)
    theirs = a_conversation(secret, "Top secret")

    response = press("archive", [ours, theirs], place=inbox(support))

    assert folders() == ["archive", "inbox"]
    assert "1 conversation was left as it is." in text(response)
    page = text(client.get(url_of("bulk_result", BulkChange.objects.get())))
    assert "Top secret" not in page
    assert f"#{theirs.pk}" not in page
    assert "1 more, which is not shown here or which you may not see." in page


def test_what_one_may_only_read_is_refused_and_named(support, press, client, alice):
    press_box = a_mailbox("press@example.com", readers=[alice])
    (ours,), (read,) = some(support, 1), some(press_box, 1)

    response = press("archive", [ours, read], place="all/inbox")

    assert folders() == ["archive", "inbox"]
    assert "left as it is. You may only read mail in this mailbox." in text(response)
    page = text(client.get(url_of("bulk_result", BulkChange.objects.get())))
    assert f"#{read.pk} No. 0" in page


def test_nothing_is_offered_to_undo_if_all_was_refused(support, press, alice):
    press_box = a_mailbox("press@example.com", readers=[alice])
    (read,) = some(press_box, 1)

    response = press("archive", [read], place=inbox(press_box))

    assert "What has just been done" not in text(response)
    assert folders() == ["inbox"]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"row": ["x"]}, 400),
        ({"row": ["9" * 30]}, 400),
        ({"row": range(501)}, 400),
        ({"action": "explode"}, 400),
        ({"from": ""}, 404),
        ({"from": "999/inbox"}, 404),
        ({"from": "1/nonsense"}, 404),
    ],
)
def test_what_no_page_submits_is_refused(support, client, alice, data, status):
    client.force_login(alice)
    form = {"action": "archive", "row": ["1"], "from": inbox(support)}

    assert client.post(BULK, form | data).status_code == status
    assert not BulkChange.objects.exists()


# Asking first


def test_no_link_of_the_question_leads_to_where_only_forms_go(support, press):
    rows = some(support, 2)

    response = press("trash", rows, place=inbox(support))

    soup = BeautifulSoup(response.content, "html.parser")
    crumbs = [link["href"] for link in soup.select(".w-breadcrumbs li a")]
    assert crumbs[-1] == list_of(support)
    assert BULK not in crumbs
    assert "" not in crumbs


def test_trash_asks_first(support, press, client):
    rows = some(support, 2)

    response = press("trash", rows, place=inbox(support))

    assert folders() == ["inbox"] * 2
    assert "2 conversations." in text(response)
    assert 'name="confirmed"' in text(response)
    press("trash", rows, place=inbox(support), confirmed="1")
    assert folders() == ["trash"] * 2


def test_more_than_a_hundred_ask_first(support, press):
    rows = some(support, 101)

    response = press("archive", rows, place=inbox(support))

    assert "101 conversations." in text(response)
    assert not BulkChange.objects.exists()


def test_assigning_asks_to_whom(support, press, alice, bob, browse):
    (row,) = some(support, 1)
    a_mailbox("other@example.com", repliers=[])

    response = press("assign", [row], place=inbox(support))

    assert f'<option value="{bob.pk}">bob</option>' in text(response)
    press("assign", [row], place=inbox(support), confirmed="1", assignee=bob.pk)
    row.refresh_from_db()
    assert row.assignee == bob


def test_nobody_is_offered_or_taken_who_may_not_answer(support, press, carol):
    (row,) = some(support, 1)
    data = {"confirmed": "1", "assignee": carol.pk}

    response = press("assign", [row], place=inbox(support), **data)

    assert "Choose one of those that are there." in text(response)
    assert ">carol<" not in text(response)
    row.refresh_from_db()
    assert row.assignee is None


def test_tags_are_asked_for_and_a_bad_one_is_told(support, press):
    (row,) = some(support, 1)
    form = {"place": inbox(support), "confirmed": "1"}

    response = press("tag", [row], tags=" , ", **form)

    assert "Write at least one tag." in text(response)
    press("tag", [row], tags="Order, later", **form)
    assert set(row.tags.values_list("name", flat=True)) == {"Order", "later"}


# Everything that a list holds


def test_everything_is_asked_for_with_the_number_that_is_kept(support, press):
    some(support, 51)
    kept = FolderCounter.objects.get(folder="inbox")
    FolderCounter.objects.filter(pk=kept.pk).update(conversations=1204)

    response = press("archive", place=inbox(support), everything="1")

    assert "“Support: Inbox” holds now: 1,204 conversations." in text(response)
    assert folders() == ["inbox"] * 51


def test_everything_is_asked_for_without_a_number_where_none_is_kept(support, press):
    some(support, 1)

    response = press("archive", place=f"{support.pk}/waiting", everything="1")

    assert "Everything that “Support: Waiting longest” holds now." in text(response)


def test_everything_goes_to_a_job_with_a_page_that_shows_how_far_it_is(
    support, press, client, large
):
    some(support, 3)
    some(support, 1, folder=Folder.TRASH)

    response = press("archive", place=inbox(support), everything="1", confirmed="1")

    change = BulkChange.objects.get()
    result = url_of("bulk_result", change)
    assert response.redirect_chain == [(f"{result}?from={support.pk}%2Finbox", 302)]
    assert "Archive: Support: Inbox" in text(response)
    assert "<progress" in text(client.get(url_of("bulk_progress", change)))
    bulk.work(change.pk, seconds=60)
    done = text(client.get(url_of("bulk_progress", change)))
    assert "Archived: 3 conversations." in done
    assert "<progress" not in done
    assert folders() == ["archive"] * 3 + ["trash"]


def test_page_of_a_list_is_no_limit_of_everything(support, press, large):
    some(support, 3)
    place = f"{inbox(support)}?before=12-34"

    press("archive", place=place, everything="1", confirmed="1")
    bulk.work(BulkChange.objects.get().pk, seconds=60)

    assert folders() == ["archive"] * 3


def test_running_change_is_stopped_and_undone(support, press, client, large):
    rows = some(support, 3)
    press("archive", rows, place=inbox(support), confirmed="1")
    change = BulkChange.objects.get()
    monkey = BulkItem.objects.earliest("pk")
    bulk._do(claimed(change), monkey, is_in_list=True)

    response = client.post(url_of("cancel_bulk", change), follow=True)

    assert "Stopped. Archived: 1 conversation." in text(response)
    client.post(url_of("undo_bulk", change))
    bulk.work(change.pk, seconds=60)
    assert folders() == ["inbox"] * 3


def claimed(change):
    rows = BulkChange.objects.filter(pk=change.pk)
    rows.claim(new_owner(), lease=bulk.LEASE, limit=1)
    return rows.select_related("user").get()


def test_nobody_sees_or_touches_what_a_colleague_changes(support, client, alice, bob):
    change = bulk.ask(BULK_ACTION_NAMED["archive"], [some(support, 1)[0].pk], by=alice)
    client.force_login(bob)

    for name in ("bulk_result", "bulk_progress"):
        assert client.get(url_of(name, change)).status_code == 404
    for name in ("cancel_bulk", "undo_bulk"):
        assert client.post(url_of(name, change)).status_code == 404
    assert folders() == ["archive"]


def test_what_runs_in_the_background_leads_back_to_its_list(support, press, large):
    rows = some(support, 2)

    response = press("archive", rows, place=inbox(support), confirmed="1")

    soup = BeautifulSoup(response.content, "html.parser")
    links = {link.text: link["href"] for link in soup.select(".ecp-bulk-result p a")}
    assert links["Back to Support: Inbox"] == list_of(support)
