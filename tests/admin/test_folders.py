"""The list of a mailbox's folder."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from tests.admin.queries import queries_of
from tests.builders import (
    a_mailbox,
    account_zone,
    an_email,
    inbox_of,
    receive_and_process,
)
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.cursors import Cursor
from wagtail_ecp.inbox.lists import BY_NAME, NEWEST
from wagtail_ecp.inbox.models import Conversation, Folder, FolderCounter
from wagtail_ecp.inbox.models.conversations import UNTIL_REPLY

pytestmark = pytest.mark.django_db


def folder_url(mailbox, folder="inbox"):
    return reverse("wagtail_ecp:folder", args=[mailbox.pk, folder])


def conversations(mailbox, number, *, folder=Folder.INBOX, first=1):
    """Make conversations, the first the newest, two of them at the same moment."""
    now = timezone.now()
    rows = [
        Conversation(
            pk=first + index if first > 1 else None,
            mailbox=mailbox,
            folder=folder,
            subject=f"Subject {index}: where is what I ordered?",
            correspondent=f"Customer Number {index}",
            snippet="Hello, " + "some words of the message " * 5,
            began_at=now,
            last_message_at=now - timedelta(minutes=index // 2 * 2),
            waiting_since=now,
            message_count=2,
            has_attachments=True,
        )
        for index in range(number)
    ]
    Conversation.objects.bulk_create(rows)
    FolderCounter.objects.update_or_create(
        mailbox=mailbox,
        folder=folder,
        defaults={"conversations": number, "unread": number},
    )


def subjects(soup):
    return [link.text for link in soup.select(".ecp-list td a")]


def test_row_tells_who_wrote_what_and_that_it_is_unread(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    receive_and_process(an_email("Where is my parcel?", "Hello,\nwhere is it?\n"))

    row = browse(alice)(folder_url(mailbox)).select_one(".ecp-list tbody tr")

    assert "Vera Holm" in row.text
    assert "Where is my parcel?" in row.text
    assert "where is it?" in row.text
    assert "ecp-unread" in row["class"]
    assert row.select_one(".ecp-dot").text == "unread"


def test_read_conversation_is_not_marked(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    receive_and_process(an_email())
    actions.mark_read(Conversation.objects.get(), by=alice)

    row = browse(alice)(folder_url(mailbox)).select_one(".ecp-list tbody tr")

    assert "ecp-unread" not in row.get("class", [])
    assert "unread" not in row.text


def test_tabs_show_what_is_unread_in_each_folder(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    receive_and_process(an_email("One"), an_email("Two"))

    tabs = browse(alice)(folder_url(mailbox)).select(".ecp-tabs a")

    assert tabs[0].text == "Inbox 2 unread"
    assert tabs[2].text == "Unassigned 2"
    assert [tab.text for tab in tabs if not tab.select(".ecp-count")] == [
        *("Mine", "Starred", "Snoozed", "Drafts", "Sent", "Archive", "Spam", "Trash")
    ]
    assert [tab.get("aria-current") for tab in tabs] == ["page"] + [None] * 9


@pytest.mark.parametrize("folder", [*BY_NAME, "drafts"])
def test_empty_list_says_what_to_do(browse, alice, folder):
    mailbox = a_mailbox(readers=[alice])

    soup = browse(alice)(folder_url(mailbox, folder))

    assert soup.select_one(".ecp-empty h2").text
    assert soup.select_one(".ecp-empty p").text


def test_pages_follow_each_other_without_gap_or_double(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    conversations(mailbox, 120)
    get = browse(alice)

    seen, url = [], folder_url(mailbox)
    sizes = []
    while url:
        soup = get(url)
        seen += subjects(soup)
        sizes.append(len(subjects(soup)))
        older = soup.select_one(".ecp-paging a[rel=next]")
        url = older and older["href"]

    assert sizes == [50, 50, 20]
    assert len(set(seen)) == 120
    assert seen == [row.subject for row in inbox_of(mailbox)]


def test_later_page_leads_back_to_the_newest(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    conversations(mailbox, 51)
    get = browse(alice)

    first = get(folder_url(mailbox))
    later = get(first.select_one("a[rel=next]")["href"])

    assert [link.text for link in first.select(".ecp-paging a")] == ["Next page ›"]
    assert [link.text for link in later.select(".ecp-paging a")] == ["First page"]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "1",
        "-",
        "1-",
        "-1",
        "1-2-3",
        "١-٢",
        "1e3-4",
        "9" * 30 + "-1",
        "1-" + "9" * 30,
        "9" * 18 + "-1",
    ],
)
def test_malformed_cursor_shows_the_first_page(browse, alice, cursor):
    mailbox = a_mailbox(readers=[alice])
    conversations(mailbox, 1)

    assert len(subjects(browse(alice)(folder_url(mailbox), before=cursor))) == 1


def test_cursor_is_read_as_it_was_written():
    cursor = Cursor(timezone.now(), 4711)

    assert Cursor.read(str(cursor)) == cursor
    assert Cursor.read(str(Cursor(UNTIL_REPLY, 1))) == Cursor(UNTIL_REPLY, 1)
    assert Cursor.read("9" * 17 + "-" + "9" * 18) is not None


def test_unknown_folder_does_not_exist(client, alice):
    mailbox = a_mailbox(readers=[alice])
    client.force_login(alice)

    assert client.get(folder_url(mailbox, "cellar")).status_code == 404


def test_fifty_rows_cost_as_many_queries_as_five(client, alice):
    few, many = a_mailbox(readers=[alice]), a_mailbox("x@example.com", readers=[alice])
    conversations(few, 5)
    conversations(many, 60)
    client.force_login(alice)

    for_five = queries_of(client, folder_url(few))
    for_fifty = queries_of(client, folder_url(many))

    assert len(for_five) == len(for_fifty) <= 15
    assert not [sql for sql in for_fifty if "COUNT(" in sql]


@pytest.mark.parametrize("right", ["readers", "repliers"])
def test_fifty_rows_are_a_light_page(client, alice, right):
    mailbox = a_mailbox(**{right: [alice]})
    conversations(mailbox, 60, first=1_000_000)  # Numbers have their length.
    client.force_login(alice)

    assert len(client.get(folder_url(mailbox)).content) <= 60 * 1024


@pytest.mark.skipif(
    "connection.vendor != 'sqlite'", reason="reads the query plan of SQLite"
)
@pytest.mark.parametrize("is_later_page", [False, True])
def test_list_is_read_from_its_index_in_order(client, alice, is_later_page):
    mailbox = a_mailbox(readers=[alice])
    conversations(mailbox, 200)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client.force_login(alice)
    url = folder_url(mailbox)
    if is_later_page:
        middle = inbox_of(mailbox)[100]
        url += f"?before={NEWEST.cursor(middle)}"

    [sql] = [sql for sql in queries_of(client, url) if "LIMIT 51" in sql]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = " ".join(row[-1] for row in cursor.fetchall())

    assert "ecp_conversation_list" in plan
    assert "TEMP B-TREE" not in plan
    assert ("last_message_at<?" in plan) == is_later_page


def test_times_are_as_short_as_their_age_allows(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    now = timezone.localtime(timezone=account_zone())
    this_year = now.replace(day=15 if now.day != 15 else 16)
    in_words = f"{this_year:%b} {this_year.day}"
    conversations(mailbox, 3)
    for row, at in zip(
        Conversation.objects.order_by("pk"),
        (now, this_year, this_year.replace(year=2001, month=6)),
        strict=True,
    ):
        Conversation.objects.filter(pk=row.pk).update(last_message_at=at)

    soup = browse(alice)(folder_url(mailbox))
    ages = {cell.text for cell in soup.select("td:last-child")}

    others = {in_words, f"06/{this_year.day}/2001"}
    assert others <= ages
    [today] = ages - others
    assert today.endswith(("a.m.", "p.m.", "noon", "midnight"))


def test_start_leads_to_the_first_mailbox_by_name(client, alice):
    a_mailbox("zoo@example.com", readers=[alice])
    first = a_mailbox("art@example.com", readers=[alice])
    client.force_login(alice)

    response = client.get(reverse("wagtail_ecp:start"))

    assert response.url == folder_url(first)


def test_start_leads_to_the_wizard_while_there_is_no_account(client, admin_user):
    client.force_login(admin_user)

    response = client.get(reverse("wagtail_ecp:start"))

    assert response.url == reverse("wagtail_ecp:setup")
