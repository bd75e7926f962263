"""What lists show of each conversation, their numbers, filters and drafts."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.admin.queries import queries_of
from tests.builders import a_conversation, a_mailbox, a_user
from wagtail_ecp.admin.list_rows import initials
from wagtail_ecp.inbox import actions, presence
from wagtail_ecp.inbox.models import Conversation, ConversationTag, Draft, Star, Tag
from wagtail_ecp.inbox.models.conversations import UNTIL_REPLY

pytestmark = pytest.mark.django_db


def list_of(mailbox, name="inbox"):
    return reverse("wagtail_ecp:folder", args=[mailbox.pk, name])


def of_all(name="inbox"):
    return reverse("wagtail_ecp:all_mailboxes", args=[name])


def cells(soup):
    """Return the texts of the first row's cells."""
    return [cell.text for cell in soup.select_one(".ecp-list tbody tr").select("td")]


def subjects(soup):
    return [link.text for link in soup.select(".ecp-list td a")]


def is_starred(soup):
    return soup.select_one(".ecp-list td button")["aria-pressed"] == "true"


def tab_numbers(soup):
    """Return what stands beside the tabs that have a number."""
    tabs = [tab.text.split() for tab in soup.select(".ecp-tabs a")]
    return {tab[0]: tab[1] for tab in tabs if len(tab) > 1}


def test_row_shows_assignee_tags_star_files_and_how_long_it_waits(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    since = timezone.now() - timedelta(hours=3)
    row = a_conversation(
        mailbox,
        assignee=alice,
        assignee_name="Alice Maria Webb",
        waiting_since=since,
        has_attachments=True,
        message_count=4,
        correspondent="Vera Holm",
    )
    tag = Tag.objects.create(name="Order", key="order")
    ConversationTag.objects.create(conversation=row, tag=tag)
    Star.objects.create(user=alice, conversation=row)

    soup = browse(alice)(list_of(mailbox))

    sender, conversation, assignee, waiting, _age = cells(soup)
    assert sender.split() == ["unread", "Vera", "Holm", "4"]
    assert conversation.split()[:2] == ["Star", "attachments"]
    assert is_starred(soup)
    assert soup.select_one(".ecp-tag").text == "Order"
    assert assignee == "Alice Maria Webb"
    assert soup.select_one(".ecp-who")["data-i"] == "AW"
    assert waiting == "3 h"


def test_others_stars_are_not_shown(browse, alice, bob):
    mailbox = a_mailbox(readers=[alice, bob])
    Star.objects.create(user=bob, conversation=a_conversation(mailbox))

    assert not is_starred(browse(alice)(list_of(mailbox)))


def test_a_row_is_starred_and_its_star_taken_off_without_a_script(
    client, browse, alice
):
    mailbox = a_mailbox(readers=[alice])
    row = a_conversation(mailbox)

    for expected in (True, False):
        soup = browse(alice)(list_of(mailbox))
        form, button = soup.select_one("form#star"), soup.select_one("[form=star]")
        fields = {field["name"]: field["value"] for field in form.select("input")}
        pressed = fields | {button["name"]: button["value"]}
        answer = client.post(form["action"], pressed)

        assert answer.url == list_of(mailbox)
        assert Star.objects.filter(conversation=row, user=alice).exists() is expected


def test_a_row_says_who_else_is_replying(browse, alice, bob):
    mailbox = a_mailbox(readers=[alice], repliers=[bob])
    row, other = a_conversation(mailbox), a_conversation(mailbox)
    bob.first_name = "Bo </b>"
    bob.save()
    presence.tell(row, user=bob, is_replying=True)
    presence.tell(other, user=bob, is_replying=False)
    presence.tell(other, user=alice, is_replying=True)

    soup = browse(alice)(list_of(mailbox))

    [shown] = soup.select(".ecp-replying")
    assert shown.text == "Bo </b> is replying"
    assert shown.find_parent("tr").select_one("td a")["id"] == f"c{row.pk}"


@pytest.mark.parametrize(
    "field", ["subject", "snippet", "correspondent", "assignee_name"]
)
def test_what_strangers_write_is_escaped(client, alice, field):
    mailbox = a_mailbox(readers=[alice])
    hostile = """</td><script>alert(1)</script>"'&"""
    row = a_conversation(mailbox, **{"subject": "Hello", field: hostile})
    tag = Tag.objects.create(name=hostile, key=hostile)
    ConversationTag.objects.create(conversation=row, tag=tag)
    client.force_login(alice)

    html = client.get(list_of(mailbox)).content.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Ann Miller", "AM"), ("ann", "A"), ("Ann B. de Miller", "AM"), ("", "")],
)
def test_initials_are_of_the_first_and_the_last_name(name, expected):
    assert initials(name) == expected


def test_tabs_say_what_is_mine_nobodys_asleep_and_being_written(browse, alice, bob):
    mailbox, other = a_mailbox(readers=[alice]), a_mailbox("x@example.com")
    a_conversation(mailbox, assignee=alice)
    a_conversation(mailbox, assignee=alice, is_unread=False)
    a_conversation(mailbox, assignee=bob)
    a_conversation(mailbox)
    a_conversation(mailbox, snoozed_until=UNTIL_REPLY)
    a_conversation(mailbox, folder="spam")
    a_conversation(mailbox, folder="archive")
    a_conversation(other)
    Draft.objects.create(mailbox=mailbox, author=bob)
    Draft.objects.create(mailbox=mailbox, author=bob, is_private=True)
    Draft.objects.create(mailbox=other, author=bob)

    soup = browse(alice)(list_of(mailbox))

    expected = {
        "Inbox": "3",
        "Mine": "2",
        "Unassigned": "1",
        "Snoozed": "1",
        "Drafts": "1",
        "Spam": "1",
    }
    assert tab_numbers(soup) == expected
    assert tab_numbers(browse(alice)(of_all())) == expected


def test_numbers_of_all_mailboxes_are_added_up(browse, alice):
    for address in ("a@example.com", "b@example.com"):
        a_conversation(a_mailbox(address, readers=[alice]))

    numbers = tab_numbers(browse(alice)(of_all()))

    assert numbers == {"Inbox": "2", "Unassigned": "2"}


def test_no_more_than_99_drafts_are_counted(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    Draft.objects.bulk_create(
        Draft(mailbox=mailbox, key=f"{number}") for number in range(120)
    )

    assert tab_numbers(browse(alice)(list_of(mailbox)))["Drafts"] == "99+"


def test_list_of_all_mailboxes_holds_only_what_one_may_read(browse, alice):
    for number, address in enumerate(("a@example.com", "b@example.com")):
        a_conversation(a_mailbox(address, readers=[alice]), f"mine {number}")
    a_conversation(a_mailbox("secret@example.com"), "secret")

    soup = browse(alice)(of_all())

    assert set(subjects(soup)) == {"mine 0", "mine 1"}
    assert "All mailboxes: Inbox" in soup.title.text


def test_rows_of_several_mailboxes_say_which_they_lie_in(browse, alice):
    for name in ("press", "sales"):
        mailbox = a_mailbox(f"{name}@example.com", readers=[alice])
        mailbox.name = f"<{name}>"
        mailbox.save()
        a_conversation(mailbox, f"Parcel for {name}")

    soup = browse(alice)(of_all())
    alone = browse(alice)(list_of(mailbox))

    said = {row.a.text: row.small.text for row in soup.select(".ecp-list tbody tr")}
    assert said == {"Parcel for press": "<press>", "Parcel for sales": "<sales>"}
    assert not alone.select(".ecp-list tbody small")


def test_mailbox_of_others_does_not_exist(client, alice):
    a_mailbox(readers=[alice])
    secret = a_mailbox("secret@example.com")
    client.force_login(alice)

    answers = [
        client.get(list_of(secret, name)).status_code for name in ("inbox", "drafts")
    ]

    assert answers == [404, 404]


def test_rows_lead_to_conversations_that_know_the_list(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    row = a_conversation(mailbox)

    link = browse(alice)(f"{of_all('unassigned')}?unread=yes").select_one("td a")

    assert link["href"] == (
        f"/admin/mail/conversations/{row.pk}/?from=all/unassigned%3Funread%3Dyes"
    )


def test_list_of_all_mailboxes_costs_as_many_queries_as_one(client, alice):
    for number in range(4):
        mailbox = a_mailbox(f"{number}@example.com", readers=[alice])
        for _row in range(12):
            a_conversation(mailbox)
    client.force_login(alice)

    for_one = queries_of(client, list_of(mailbox))
    for_all = queries_of(client, of_all())

    assert len(for_one) == len(for_all) <= 15
    assert not [sql for sql in for_all if "COUNT(" in sql]


def test_filter_is_shown_as_a_chip_that_takes_it_away(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    a_conversation(mailbox, "new")
    a_conversation(mailbox, "read", is_unread=False)
    get = browse(alice)

    soup = get(list_of(mailbox), unread="yes", assignee="nobody")

    chips = {
        chip.contents[0]: chip["href"] for chip in soup.select(".ecp-chip--chosen")
    }
    assert subjects(soup) == ["new"]
    assert list(chips) == ["Unread", "Assigned to nobody"]
    assert set(subjects(get(chips["Unread"]))) == {"new", "read"}


def test_filters_stay_on_the_next_page(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    for number in range(60):
        a_conversation(mailbox, f"{number}", is_unread=number > 4)
    get = browse(alice)

    first = get(list_of(mailbox), unread="yes")
    second = get(first.select_one("a[rel=next]")["href"])

    assert len(subjects(first) + subjects(second)) == 55
    assert second.select(".ecp-chip--chosen")


def test_empty_result_of_filters_says_how_to_widen(browse, alice):
    mailbox = a_mailbox(readers=[alice])

    soup = browse(alice)(list_of(mailbox), files="yes")

    assert "Take a filter away" in soup.select_one(".ecp-empty").text


def test_filter_form_offers_members_and_tags(browse, alice):
    bob = a_user("bobby")
    mailbox = a_mailbox(readers=[alice], repliers=[bob])
    other = a_mailbox("x@example.com", readers=[alice])
    Tag.objects.create(name="Order", key="order")
    get = browse(alice)

    assert not get(list_of(mailbox)).select(".ecp-filter")
    soup = get(list_of(mailbox), choose="yes")

    options = [option.text for option in soup.select(".ecp-filter option")]
    assert {"bobby", "Order", "me", "nobody", "4 h"} <= set(options)
    assert list_of(other) in {link["href"] for link in soup.select(".ecp-filter a")}


def test_inbox_leads_to_its_other_order_and_back(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    get = browse(alice)

    other = get(list_of(mailbox), unread="yes").select_one(".ecp-chip--order")
    back = get(other["href"]).select_one(".ecp-chip--order")

    assert other["href"] == list_of(mailbox, "waiting") + "?unread=yes"
    assert back["href"] == list_of(mailbox) + "?unread=yes"


def test_drafts_are_listed_for_the_team_but_private_ones(browse, alice, bob):
    mailbox = a_mailbox(readers=[alice, bob])
    conversation = a_conversation(mailbox)
    fields = {"mailbox": mailbox, "conversation": conversation}
    Draft.objects.create(
        subject="Re: parcel", author=bob, author_name="Bob", to="v@x.example", **fields
    )
    Draft.objects.create(subject="secret", author=bob, is_private=True, **fields)

    soup = browse(alice)(list_of(mailbox, "drafts"))

    to, subject, author, _sent, _age = cells(soup)
    assert subjects(soup) == ["Re: parcel"]
    assert (to, subject.strip(), author) == ("v@x.example", "Re: parcel", "Bob")


def test_drafts_say_in_plain_words_to_whom_what_and_when(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    Draft.objects.create(
        mailbox=mailbox,
        to="Vera Holm <v@x.example>, t@x.example",
        subject="Parcel",
        body="<p>Sorry.</p><p>--<br/>Alder &amp; Finch</p>",
        send_at=timezone.now() + timedelta(days=400),
    )

    to, subject, _author, leaves, _age = cells(
        browse(alice)(list_of(mailbox, "drafts"))
    )

    assert to == "Vera Holm, t@x.example"
    assert subject.strip() == "Parcel Sorry. -- Alder & Finch"
    assert re.search(r"\d{2}/\d{2}/\d{4}, \d", leaves)


@pytest.mark.parametrize("name", ["inbox", "drafts"])
def test_who_may_write_begins_a_new_email_from_every_list(browse, alice, bob, name):
    mailbox = a_mailbox(repliers=[alice], readers=[bob])

    link = browse(alice)(list_of(mailbox, name)).select_one(".ecp-compose")

    compose = reverse("wagtail_ecp:compose")
    assert link["href"] == f"{compose}?mailbox={mailbox.pk}"
    assert browse(bob)(list_of(mailbox, name)).select(".ecp-compose") == []


def test_drafts_come_in_pages(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    now = timezone.now()
    Draft.objects.bulk_create(
        Draft(mailbox=mailbox, key=f"{number}", subject=f"{number}", changed_at=now)
        for number in range(60)
    )
    get = browse(alice)

    first = get(of_all("drafts"))
    second = get(first.select_one("a[rel=next]")["href"])

    assert len({*subjects(first), *subjects(second)}) == 60


def test_opened_conversation_is_not_bold_any_more(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    a_conversation(mailbox)
    actions.mark_read(Conversation.objects.get(), by=alice)

    assert not browse(alice)(list_of(mailbox)).select(".ecp-unread")
