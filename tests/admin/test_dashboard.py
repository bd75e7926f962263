"""The dashboard: its six panels, and what goes wrong inside one."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone
from wagtail import hooks

from tests.admin.queries import queries_of
from tests.builders import (
    a_conversation,
    a_mailbox,
    a_user,
    an_account,
    an_email,
    receive_and_process,
)
from wagtail_ecp.accounts.actions import Change, change_options
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.admin.dashboard.panel import Panel
from wagtail_ecp.admin.dashboard.registry import HOOK
from wagtail_ecp.inbox import actions, online, presence
from wagtail_ecp.inbox.models import (
    Announcement,
    Conversation,
    DashboardPanel,
    GroupMailboxPermission,
    SavedSearch,
)
from wagtail_ecp.inbox.search.indexing import index_waiting
from wagtail_ecp.inbox.search.vocabulary import Rule

pytestmark = pytest.mark.django_db

URL = "/admin/mail/dashboard/"
SIX = [
    "Mailboxes",
    "My Mail",
    "Saved Searches",
    "Recent Actions",
    "Users Online",
    "ECP Updates",
]


def titles(soup):
    return [h3.get_text(strip=True) for h3 in soup.select(".ecp-panel h3")]


def panel(soup, key):
    return soup.select_one(f".ecp-panel--{key} .ecp-panel__body")


def words(tag):
    return " ".join(tag.get_text(" ").split())


def chosen(user, *keys, **settings):
    """Let a user have chosen these panels, the first one with these settings."""
    DashboardPanel.objects.bulk_create(
        DashboardPanel(
            user=user,
            slot=place,
            position=place,
            key=key,
            settings=settings if not place else {},
        )
        for place, key in enumerate(keys)
    )


@pytest.fixture
def support(alice):
    return a_mailbox(repliers=[alice])


def test_everybody_has_the_six_panels_at_first(browse, support, alice):
    assert titles(browse(alice)(URL)) == SIX


def test_it_is_first_in_the_menu_and_whom_mail_does_not_concern_is_sent_home(
    client, support, carol
):
    client.force_login(carol)

    response = client.get(URL)

    assert response.status_code == 302
    assert response.url == reverse("wagtailadmin_home")


def test_mailboxes_say_what_is_unread_unassigned_and_has_waited_longest(
    browse, support, alice
):
    a_mailbox("press@example.com", readers=[alice])
    a_mailbox("secret@example.com")
    hours_ago = timezone.now() - timedelta(hours=3)
    a_conversation(support, waiting_since=hours_ago)
    a_conversation(support, is_unread=False, assignee=alice)

    rows = panel(browse(alice)(URL), "mailboxes").select("tbody tr")

    assert [words(row) for row in rows] == [
        "Press 0 unread 0 unassigned – nobody waits",
        "Support 1 unread 1 unassigned 3 h waiting",
    ]


def test_my_mail_begins_with_what_has_waited_longest(browse, support, alice, bob):
    now = timezone.now()
    for hours in (1, 5, 3):
        a_conversation(
            support,
            f"{hours} hours",
            assignee=alice,
            waiting_since=now - timedelta(hours=hours),
        )
    a_conversation(support, "Answered", assignee=alice)
    a_conversation(support, "Bob's", assignee=bob, waiting_since=now)

    rows = panel(browse(alice)(URL), "my-mail").select("li a")

    assert [row.get_text() for row in rows] == [
        "5 hours",
        "3 hours",
        "1 hours",
        "Answered",
    ]


def test_my_mail_names_no_conversation_that_one_may_not_read_any_more(
    browse, support, alice
):
    a_conversation(support, "Hidden", assignee=alice, waiting_since=timezone.now())
    GroupMailboxPermission.objects.all().delete()
    a_mailbox("press@example.com", readers=[alice])

    assert "Hidden" not in words(panel(browse(alice)(URL), "my-mail"))


def a_search(user, name, *rules, is_shared=False):
    return actions.save_search(name, rules, is_shared=is_shared, by=user)


def test_saved_searches_are_mine_and_shared_ones_and_count_up_to_fifty(
    browse, support, alice, bob
):
    a_mailbox("press@example.com", readers=[bob])
    a_search(alice, "Unread", Rule("unread", "true"))
    a_search(bob, "Shared", Rule("subject", "contains", ("parcel",)), is_shared=True)
    a_search(bob, "Bob's own", Rule("unread", "true"))
    receive_and_process(an_email("A parcel"))
    index_waiting()
    for number in range(60):
        a_conversation(support, f"{number}", is_unread=number < 55)

    rows = panel(browse(alice)(URL), "saved-searches").select("li")

    assert [words(row) for row in rows] == [
        "Shared 1 found shared",
        "Unread 50+ found",
    ]


def test_a_search_that_was_counted_among_the_latest_alone_says_so(
    browse, support, alice, monkeypatch
):
    monkeypatch.setattr("wagtail_ecp.inbox.search.counting.LATEST", 3)
    monkeypatch.setattr("wagtail_ecp.inbox.search.counting.MOST", 2)
    a_search(alice, "Unread", Rule("unread", "true"))
    for number in range(5):
        moment = timezone.now() - timedelta(hours=number)
        a_conversation(support, is_unread=number == 0, last_message_at=moment)

    (row,) = panel(browse(alice)(URL), "saved-searches").select("li")

    assert words(row) == "Unread 1+ found"


def test_recent_actions_are_told_in_words_and_lead_to_conversations(
    browse, support, alice, bob
):
    receive_and_process(an_email("Parcel <b>"))
    found = Conversation.objects.get()
    actions.assign(found, to=alice, by=alice)
    actions.star(found, by=alice)
    Account.objects.update(rss_enabled=True)
    actions.subscribe(found, actions.Choices(), by=alice)

    rows = panel(browse(alice)(URL), "recent-actions").select("li")

    assert "alice assigned it to alice: Parcel <b>" in words(rows[0])
    assert rows[0].a["href"] == reverse("wagtail_ecp:conversation", args=[found.pk])
    assert "starred" not in words(rows[0].parent)


def test_recent_actions_of_mailboxes_that_one_may_not_read_are_left_out(
    browse, support, alice, bob
):
    secret = a_mailbox("secret@example.com", repliers=[bob])
    moved = a_conversation(support, "Moved away")
    actions.assign(moved, to=alice, by=alice)
    hidden = a_conversation(secret, "Hidden")
    actions.assign(hidden, to=bob, by=bob)
    Conversation.objects.filter(pk=moved.pk).update(mailbox=secret)

    text = words(panel(browse(alice)(URL), "recent-actions"))

    assert "Hidden" not in text
    assert "Moved away" not in text


def test_what_changed_in_the_account_is_told_to_its_owner_alone(browse, support, alice):
    owner = an_account().owner
    change_options({"name": Change("Tests", "Renamed")}, by=owner)

    assert "Renamed" in words(panel(browse(owner)(URL), "recent-actions"))
    assert "Renamed" not in words(panel(browse(alice)(URL), "recent-actions"))


def test_users_online_say_since_when_and_on_which_conversation(
    browse, support, alice, bob
):
    a_mailbox("secret@example.com", readers=[bob])
    receive_and_process(
        an_email("Parcel"),
    )
    receive_and_process(
        an_email("Hidden", to="secret@example.com"), to="secret@example.com"
    )
    for found in Conversation.objects.all():
        reader = bob if found.subject == "Hidden" else alice
        presence.tell(found, user=reader, is_replying=False)
    online.note(bob)
    online.note(alice)

    rows = panel(browse(alice)(URL), "users-online").select("li")

    assert [words(row).partition(" since ")[0] for row in rows] == [
        "bob",
        "alice (you): Parcel",
    ]


def test_updates_are_new_until_they_are_marked_as_read(browse, client, support, alice):
    Announcement.objects.create(
        key="a", title="Office <closed>", url="https://x.example/", at=timezone.now()
    )
    get = browse(alice)
    before = panel(get(URL), "updates")

    client.post(reverse("wagtail_ecp:read_updates"))

    assert "Office <closed> new" in words(before)
    assert "Release 0.1 new" in words(before)
    assert "new" not in words(panel(get(URL), "updates")).split()


def test_an_administrator_without_mailboxes_is_told_what_is_missing(browse, admin_user):
    a_mailbox()

    soup = browse(admin_user)(URL)

    assert titles(soup) == SIX
    assert "No mailbox lets you read" in words(panel(soup, "mailboxes"))


class RainPanel(Panel):
    """Another app's."""

    key = "rain"
    title = "Rain"
    template_name = "tests/rain.html"

    def context(self):
        raise self.error


@pytest.fixture
def rain():
    """Another app's panel, which raises."""
    with hooks.register_temporarily(HOOK, lambda: [RainPanel]):
        yield RainPanel


def test_another_app_adds_a_panel_by_a_hook(browse, support, alice):
    class SunPanel(Panel):
        key = "sun"
        title = "Sun <b>"
        template_name = "wagtail_ecp/admin/dashboard/trouble.html"

        def context(self):
            return {"words": f"shines for {self.user}"}

    chosen(alice, "sun", "mailboxes")
    with hooks.register_temporarily(HOOK, lambda: [SunPanel]):
        soup = browse(alice)(URL)

    assert titles(soup) == ["Sun <b>", "Mailboxes"]
    assert "shines for alice" in words(panel(soup, "sun"))


@pytest.mark.parametrize("error", [ValueError("secret"), DatabaseError("secret")])
def test_a_panel_that_raises_says_so_in_its_place_and_is_logged(
    browse, alice, rain, caplog, error
):
    a_mailbox(readers=[alice])
    rain.error = error
    chosen(alice, "rain", "mailboxes")

    soup = browse(alice)(URL)

    assert titles(soup) == ["Rain", "Mailboxes"]
    assert "can't be shown just now" in words(panel(soup, "rain"))
    assert "Support" in words(panel(soup, "mailboxes"))
    assert "panel rain failed" in caplog.text
    assert "secret" not in str(soup)


def test_a_query_that_fails_leaves_the_other_panels_alone(
    browse, support, alice, rain, monkeypatch
):
    def broken(_panel):
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")

    monkeypatch.setattr(RainPanel, "context", broken)
    chosen(alice, "rain", "mailboxes")

    soup = browse(alice)(URL)

    assert "can't be shown just now" in words(panel(soup, "rain"))
    assert "Support" in words(panel(soup, "mailboxes"))


@pytest.mark.parametrize(
    ("key", "told", "says"),
    [
        ("gone", {}, "There is no panel “gone” here"),
        ("mailboxes", {"mailbox": 99999}, "gone or that you may not read"),
        ("mailboxes", {"mailbox": "x"}, "“x” is no mailbox"),
        ("mailboxes", {"colour": "red"}, "nobody knows “colour” here"),
        (
            "mailboxes",
            {"from": "2026-03-02", "to": "2026-03-01"},
            "ends before it begins",
        ),
        ("mailboxes", {"from": "x", "to": "2026-03-01"}, "a first and a last day"),
        ("mailboxes", {"days": 3}, "no period of “3” days"),
        ("mailboxes", {"days": []}, "no period"),
    ],
)
def test_what_makes_no_sense_is_said_in_its_place(
    browse, support, alice, key, told, says
):
    chosen(alice, key, "updates", **told)

    soup = browse(alice)(URL)

    assert says in words(panel(soup, key))
    assert "Release" in words(panel(soup, "updates"))


def test_a_mailbox_that_one_may_not_read_is_not_even_named(browse, support, alice):
    secret = a_mailbox("secret@example.com")
    chosen(alice, "mailboxes", mailbox=secret.pk)

    text = words(browse(alice)(URL).select_one("main"))

    assert "gone or that you may not read" in text
    assert "Secret" not in text


def test_settings_that_are_no_settings_are_said_in_their_place(browse, support, alice):
    DashboardPanel.objects.create(
        user=alice, slot=0, position=0, key="mailboxes", settings=["x"]
    )

    assert "can't be read" in words(panel(browse(alice)(URL), "mailboxes"))


def test_many_rows_cost_as_many_queries_as_few(client, support, alice, bob):
    client.force_login(alice)
    a_search(alice, "Unread", Rule("unread", "true"))

    def more(number):
        for index in range(number):
            mailbox = a_mailbox(
                f"{number}{index}@example.com",
                repliers=[alice, a_user(f"u{number}{index}")],
            )
            found = a_conversation(
                mailbox, assignee=alice, waiting_since=timezone.now()
            )
            actions.assign(found, to=None, by=alice)
            actions.assign(found, to=alice, by=alice)
            colleague = a_user(f"colleague{number}{index}")
            online.note(colleague)
            presence.tell(found, user=colleague, is_replying=False)
            Announcement.objects.create(
                key=f"{number}{index}", title="News", at=timezone.now()
            )

    more(8)  # So that My Mail is full.
    few = queries_of(client, URL)
    more(5)
    many = queries_of(client, URL)

    assert len(many) == len(few) <= 36


def test_each_saved_search_costs_one_query_and_no_more_than_eight_are_asked(
    client, support, alice
):
    client.force_login(alice)
    a_search(alice, "0", Rule("unread", "true"))
    one = queries_of(client, URL)
    for number in range(1, 20):
        a_search(alice, f"{number}", Rule("unread", "true"))

    assert len(queries_of(client, URL)) == len(one) + 7
    assert SavedSearch.objects.count() == 20


def test_nothing_of_a_mailbox_is_counted_by_the_database(client, support, alice):
    client.force_login(alice)
    a_search(alice, "Unread", Rule("unread", "true"))
    a_conversation(support, assignee=alice)

    assert not [sql for sql in queries_of(client, URL) if "COUNT(" in sql.upper()]


def test_wagtails_home_says_what_waits_to_whoever_reads_mail(browse, support, alice):
    a_conversation(support)
    a_conversation(support, assignee=alice)

    home = browse(alice)("/admin/").select_one(".ecp-home")

    assert (
        words(home) == "2 unread 1 unassigned 1 assigned to you To the mail dashboard"
    )


def test_wagtails_home_says_nothing_to_others(browse, support, carol):
    assert browse(carol)("/admin/").select_one(".ecp-home") is None
