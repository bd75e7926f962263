"""Choosing panels: for oneself, for all, and what the owner's option does to it."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.admin.queries import queries_of
from tests.admin.test_account_options import change
from tests.admin.test_dashboard import SIX, URL, chosen, panel, titles, words
from tests.builders import a_mailbox, a_user, an_account
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import DashboardPanel

pytestmark = pytest.mark.django_db

OWN = "/admin/mail/dashboard/customize/own/"
ALL = "/admin/mail/dashboard/customize/all/"


@pytest.fixture
def support(alice):
    return a_mailbox(repliers=[alice])


@pytest.fixture
def admina(support):
    user = a_user("admina")
    user.user_permissions.add(Permission.objects.get(codename="administer_ecp"))
    return user


def restrict(is_restricted=True):
    Account.objects.update(dashboards_by_administrators_only=is_restricted)


def keys(user):
    return list(DashboardPanel.objects.of(user).values_list("key", flat=True))


def shown(soup):
    return [words(row.strong) for row in soup.select(".ecp-chosen tbody tr")]


def url(name, *arguments):
    return reverse(f"wagtail_ecp:{name}", args=arguments)


def test_looking_at_the_choice_chooses_nothing(browse, support, alice):
    assert shown(browse(alice)(OWN)) == SIX

    assert keys(alice) == []


def test_a_panel_is_removed_added_and_moved(browse, client, support, alice):
    get = browse(alice)

    client.post(url("remove_panel", "own", 2))
    client.post(url("move_panel", "own", 5) + "?position=0")
    client.post(url("add_panel", "own"), {"key": "saved-searches"})

    assert titles(get(URL)) == [
        "ECP Updates",
        "Mailboxes",
        "My Mail",
        "Recent Actions",
        "Users Online",
        "Saved Searches",
    ]


@pytest.mark.parametrize(
    ("position", "place"), [("0", 0), ("2", 2), ("99", 5), ("-1", 5), ("x", 5), ("", 5)]
)
def test_a_panel_is_moved_where_wagtails_script_says(
    client, support, alice, position, place
):
    client.force_login(alice)

    response = client.post(url("move_panel", "own", 1) + f"?position={position}")

    assert response.status_code == 204
    assert keys(alice).index("my-mail") == place


def test_a_page_that_was_open_before_means_the_same_panels(client, support, alice):
    client.force_login(alice)

    client.post(url("move_panel", "own", 0) + "?position=5")
    client.post(url("remove_panel", "own", 0))

    assert "mailboxes" not in keys(alice)
    assert len(keys(alice)) == 5


def test_reset_brings_the_default_back(browse, client, support, alice):
    chosen(alice, "updates")
    get = browse(alice)

    client.post(url("reset_dashboard", "own"))

    assert titles(get(URL)) == SIX
    assert keys(alice) == []


def test_the_last_panel_stays(browse, client, support, alice):
    chosen(alice, "updates")
    get = browse(alice)

    client.post(url("remove_panel", "own", 0))

    assert keys(alice) == ["updates"]
    assert "at least one panel" in words(get(OWN))


def test_a_dashboard_has_at_most_forty_panels(browse, client, support, alice):
    chosen(alice, *["updates"] * 40)
    get = browse(alice)

    client.post(url("add_panel", "own"), {"key": "my-mail"})

    assert len(keys(alice)) == 40
    assert "at most 40 panels" in words(get(OWN))


def test_a_panel_is_told_its_mailbox(browse, client, support, alice):
    press = a_mailbox("press@example.com", readers=[alice])
    get = browse(alice)

    client.post(url("panel_settings", "own", 0), {"mailbox": press.pk})

    soup = get(URL)
    assert "Support" not in words(panel(soup, "mailboxes"))
    assert "Press" in words(soup.select_one(".ecp-panel--mailboxes header"))
    assert "Press" in words(get(OWN).select_one(".ecp-chosen tr td:nth-of-type(2)"))


def test_a_mailbox_that_one_may_not_read_is_not_offered_and_refused(
    browse, client, support, alice
):
    secret = a_mailbox("secret@example.com")
    page = url("panel_settings", "own", 0)
    get = browse(alice)

    response = client.post(page, {"mailbox": secret.pk})

    assert "Secret" not in words(get(page))
    assert "not one of the available choices" in response.content.decode()
    assert keys(alice) == []


def test_settings_of_another_version_can_be_set_anew(browse, client, support, alice):
    chosen(alice, "mailboxes", colour="red")
    browse(alice)(url("panel_settings", "own", 0))

    client.post(url("panel_settings", "own", 0), {"mailbox": ""})

    assert DashboardPanel.objects.get().settings == {}


@pytest.mark.parametrize("slot", [4, 99])
def test_what_has_no_settings_has_no_page_for_them(client, support, alice, slot):
    client.force_login(alice)

    assert client.get(url("panel_settings", "own", slot)).status_code == 404


def test_nobody_else_sees_what_one_has_chosen(browse, client, support, alice, bob):
    a_mailbox("press@example.com", readers=[bob])
    chosen(alice, "updates")

    assert titles(browse(bob)(URL)) == SIX


def test_administrators_set_what_others_see_who_have_chosen_nothing(
    browse, client, support, alice, bob, admina
):
    chosen(bob, "my-mail")
    a_mailbox("press@example.com", readers=[bob])
    client.force_login(admina)
    for slot in (1, 2, 3, 4):
        client.post(url("remove_panel", "all", slot))

    assert titles(browse(alice)(URL)) == ["Mailboxes", "ECP Updates"]
    assert titles(browse(bob)(URL)) == ["My Mail"]
    assert keys(admina) == []


def test_members_can_not_set_it(client, support, alice):
    client.force_login(alice)

    got = client.get(ALL)
    posted = client.post(url("remove_panel", "all", 0))

    assert got.url == reverse("wagtailadmin_home")
    assert posted.status_code == 403
    assert not DashboardPanel.objects.exists()


class TestOnlyAdministratorsMayCustomize:
    @pytest.fixture(autouse=True)
    def _option(self, support, alice, admina):
        chosen(alice, "updates", "my-mail")
        chosen(None, "recent-actions")
        restrict()

    def test_a_member_sees_exactly_the_six_whatever_is_stored(self, browse, alice):
        assert titles(browse(alice)(URL)) == SIX

    def test_a_member_has_no_controls(self, browse, client, alice):
        soup = browse(alice)(URL)

        assert soup.select_one(".ecp-dashboard-tools") is None
        assert client.get(OWN).url == reverse("wagtailadmin_home")

    @pytest.mark.parametrize(
        "forged",
        [
            url("add_panel", "own"),
            url("reset_dashboard", "own"),
            url("panel_settings", "own", 0),
            url("remove_panel", "own", 0),
            url("move_panel", "own", 0),
            url("add_panel", "all"),
        ],
    )
    def test_a_forged_post_is_refused_and_changes_nothing(self, client, alice, forged):
        client.force_login(alice)
        before = list(DashboardPanel.objects.order_by("pk").values())

        response = client.post(forged, {"key": "updates"})

        assert response.status_code == 403
        assert list(DashboardPanel.objects.order_by("pk").values()) == before

    def test_with_the_option_off_again_their_own_panels_are_back(self, browse, alice):
        restrict(is_restricted=False)

        assert titles(browse(alice)(URL)) == ["ECP Updates", "My Mail"]

    def test_an_administrator_has_their_own_or_the_default(
        self, browse, client, admina
    ):
        get = browse(admina)
        assert titles(get(URL)) == ["Recent Actions"]

        client.post(url("add_panel", "own"), {"key": "updates"})

        assert titles(get(URL)) == ["Recent Actions", "ECP Updates"]

    def test_the_owner_is_an_administrator(self, browse):
        assert titles(browse(an_account().owner)(URL)) == ["Recent Actions"]


def test_the_owner_switches_the_option_and_it_is_written_down(
    browse, client, support, alice
):
    owner = an_account().owner
    client.force_login(owner)
    page = reverse("wagtail_ecp:account_options")
    chosen(alice, "updates")
    assert "1 person has a dashboard of their own" in client.get(page).content.decode()

    change(client, page, dashboards_by_administrators_only="on")

    assert Account.objects.get().dashboards_by_administrators_only
    assert titles(browse(alice)(URL)) == SIX
    client.force_login(owner)
    history = words(browse(owner)(page))
    told = "Only allow Administrators to customize their Dashboards: from “off” to “on”"
    assert told in history


def test_the_same_change_made_twice_leaves_each_panel_once(support, alice):
    actions.move_panel(0, 5, by=alice)
    actions.move_panel(0, 5, by=alice)

    assert len(keys(alice)) == 6


def test_the_choice_costs_as_much_with_many_panels(client, support, alice):
    client.force_login(alice)
    few = queries_of(client, OWN)
    chosen(alice, *["mailboxes"] * 40)

    assert len(queries_of(client, OWN)) == len(few) <= 16
