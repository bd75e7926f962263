"""The account options: the owner's tab, and the same form in Settings."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from tests.admin.queries import queries_of
from tests.builders import a_mailbox, a_user, an_account
from wagtail_ecp.accounts import logins
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.journal.models import Action

pytestmark = pytest.mark.django_db

ACCOUNT_PAGE = "/admin/account/"
TAB = "Account Options"


def options_url():
    return reverse("wagtail_ecp:account_options")


def form_of(client, url):
    """Return what a browser would send back, with the boxes as they are ticked."""
    soup = BeautifulSoup(client.get(url).content, "html.parser")
    form = soup.select_one("form:has([name=ecp_options-name])")
    data = {}
    for field in form.select("input[name], select[name], textarea[name]"):
        value = _sent(field)
        if value is not None:
            data[str(field["name"])] = value
    return data


def _sent(field):
    """Return what a field of a form sends; None if it sends nothing."""
    kind = field.get("type")
    if kind in ("submit", "file", "password"):
        return None
    if kind in ("checkbox", "radio") and not field.has_attr("checked"):
        return None
    if field.name == "select":
        chosen = field.select_one("option[selected]") or field.select_one("option")
        return chosen["value"] if chosen else ""
    if field.name == "textarea":
        return field.text.lstrip("\n")
    return field.get("value", "on" if kind == "checkbox" else "")


def change(client, url, **options):
    """Change options as a person with the page in front of them would."""
    data = form_of(client, url)
    for name, value in options.items():
        if value is False:
            data.pop(f"ecp_options-{name}", None)
        else:
            data[f"ecp_options-{name}"] = "on" if value is True else value
    return client.post(url, data, follow=True)


@pytest.fixture
def olga(client):
    owner = a_user("olga")
    owner.first_name, owner.last_name = "Olga", "Owen"  # Wagtail's form asks for them.
    owner.save()
    an_account(owner)
    client.force_login(owner)
    return owner


@pytest.fixture(params=["tab", "page"])
def url(request, olga):
    return ACCOUNT_PAGE if request.param == "tab" else options_url()


def long_ago(client):
    session = client.session
    session[logins.LOGGED_IN_AT] -= logins.FRESH
    session.save()


def test_the_owner_changes_an_option_in_both_places(client, url):
    change(client, url, name="Alder & Finch", time_zone="Europe/Berlin")

    account = Account.objects.get()
    assert (account.name, account.time_zone) == ("Alder & Finch", "Europe/Berlin")


def test_what_was_changed_is_shown_to_the_owner_from_what_to_what(client, olga):
    change(client, options_url(), time_zone="Europe/Berlin")

    page = client.get(options_url()).content.decode()

    assert "from “America/Los_Angeles” to “Europe/Berlin”" in page


def test_others_see_in_the_site_history_that_something_was_changed_but_not_what(
    client, olga
):
    change(client, options_url(), time_zone="Europe/Berlin")
    client.force_login(a_user("root", is_superuser=True))

    page = client.get(reverse("wagtailadmin_reports:site_history")).content.decode()

    assert "Changed the account options" in page
    assert "Europe/Berlin" not in page.replace("</option>", "").split("<main")[1]


@pytest.mark.parametrize("name", ["reader", "administrator", "superuser"])
def test_nobody_else_sees_the_tab_or_the_entry(client, olga, name):
    user = a_user(name, is_superuser=name == "superuser")
    a_mailbox(readers=[user])
    client.force_login(user)

    page = client.get(ACCOUNT_PAGE).content.decode()

    assert TAB not in page
    assert options_url() not in page


def test_forged_fields_of_somebody_else_are_ignored(client, olga):
    root = a_user("root", is_superuser=True)
    forged = form_of(client, ACCOUNT_PAGE) | {"ecp_options-name": "Taken over"}
    client.force_login(root)

    response = client.post(ACCOUNT_PAGE, forged)

    assert response.status_code == 302
    assert Account.objects.get().name == "Tests"


def test_a_forged_post_to_the_page_changes_nothing_and_is_written_down(client, olga):
    forged = form_of(client, options_url()) | {"ecp_options-name": "Taken over"}
    client.force_login(a_user("root", is_superuser=True))

    response = client.post(options_url(), forged)

    assert response.url == reverse("wagtailadmin_home")
    assert Account.objects.get().name == "Tests"
    attempt = Action.objects.get(kind=Action.Kind.ATTEMPT_REFUSED)
    assert attempt.user_name == "root"


def test_an_old_page_overwrites_nothing_that_its_person_did_not_change(client, url):
    old = form_of(client, url)
    Account.objects.update(time_zone="Asia/Tokyo")

    client.post(url, old | {"ecp_options-name": "New name"})

    account = Account.objects.get()
    assert (account.name, account.time_zone) == ("New name", "Asia/Tokyo")


def test_a_page_without_our_fields_changes_nothing(client, olga):
    Account.objects.update(use_ssl=True)
    data = form_of(client, ACCOUNT_PAGE)
    without = {k: v for k, v in data.items() if "ecp_options" not in k}

    response = client.post(ACCOUNT_PAGE, without)

    assert response.status_code == 302
    assert Account.objects.get().use_ssl


def test_a_stale_change_is_shown_and_holds_when_sent_once_more(client, olga):
    old = form_of(client, options_url()) | {"ecp_options-time_zone": "Europe/Berlin"}
    Account.objects.update(time_zone="Asia/Tokyo")

    shown = client.post(options_url(), old)

    assert "changed to “Asia/Tokyo” meanwhile" in shown.content.decode()
    assert Account.objects.get().time_zone == "Asia/Tokyo"
    shown_before = "initial-ecp_options-time_zone"
    client.post(options_url(), old | {shown_before: "Asia/Tokyo"})
    assert Account.objects.get().time_zone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("time_zone", "Mars/Olympus", "“Mars/Olympus” is not a time zone"),
        ("time_zone", "", "This field is required"),
        ("name", "", "This field is required"),
        ("name", "x" * 256, "at most 255 characters"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(
    client, url, option, value, words
):
    response = change(client, url, **{option: value})

    assert words in response.content.decode()
    assert (Account.objects.get().name, Account.objects.get().time_zone) == (
        "Tests",
        "America/Los_Angeles",
    )


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("us/pacific", "US/Pacific"), ("Europe/berlin", "Europe/Berlin"), ("UTC", "UTC")],
)
def test_aliases_and_other_spellings_of_a_zone_are_accepted(
    client, olga, typed, stored
):
    change(client, options_url(), time_zone=typed)

    assert Account.objects.get().time_zone == stored


def test_after_15_minutes_a_change_asks_for_the_password(client, url):
    long_ago(client)

    response = change(client, url, name="Changed")

    assert "Give your password to confirm this" in response.content.decode()
    assert Account.objects.get().name == "Tests"


def test_after_15_minutes_the_password_confirms_the_change(client, url):
    long_ago(client)

    change(client, url, name="Changed", password="pw")

    assert Account.objects.get().name == "Changed"


def test_after_15_minutes_a_change_of_the_avatar_alone_asks_for_nothing(client, olga):
    long_ago(client)

    response = client.post(ACCOUNT_PAGE, form_of(client, ACCOUNT_PAGE))

    assert response.status_code == 302


def test_a_wrong_password_confirms_nothing_and_the_fifth_one_ends_the_session(
    client, url
):
    long_ago(client)
    data = form_of(client, url) | {"ecp_options-name": "Changed"}
    data |= {"ecp_options-password": "no"}

    answers = [client.post(url, data) for _time in range(logins.WRONG_PASSWORDS)]

    assert all("not your password" in one.content.decode() for one in answers[:-1])
    assert "_auth_user_id" not in client.session
    assert client.get(url).url.startswith(reverse("wagtailadmin_login"))
    assert Account.objects.get().name == "Tests"


def test_who_has_no_password_here_is_asked_to_log_in_again(client, olga):
    olga.set_unusable_password()
    olga.save()
    client.force_login(olga)
    long_ago(client)

    response = change(client, options_url(), name="Changed")

    assert "Log in again" in response.content.decode()
    assert Account.objects.get().name == "Tests"


def test_logging_in_again_leads_back_to_the_page(client, olga):
    url = reverse("wagtail_ecp:log_in_again")

    response = client.post(url, {"next": options_url()})

    assert response.url == f"{reverse('wagtailadmin_login')}?next={options_url()}"
    assert "_auth_user_id" not in client.session


def test_logging_in_again_leads_to_no_other_site(client, olga):
    url = reverse("wagtail_ecp:log_in_again")

    response = client.post(url, {"next": "https://evil.example/"})

    assert "evil.example" not in response.url


def test_ssl_cannot_be_ticked_on_a_level_without_it_and_the_page_says_why(
    client, olga, settings
):
    settings.WAGTAIL_ECP = settings.WAGTAIL_ECP | {
        "SERVICE_LEVELS": {"free": {"label": "Free", "allows": []}}
    }
    Account.objects.update(use_ssl=False)

    response = change(client, options_url(), use_ssl=True)

    assert "The service level “Free” does not include this" in response.content.decode()
    assert not Account.objects.get().use_ssl


def test_each_option_says_what_it_does_to_real_numbers(client, olga):
    a_mailbox(readers=[a_user("rita"), olga])

    page = client.get(options_url()).content.decode()

    assert "with 2 members" in page
    assert "No member has a zone of their own" in page


def test_the_page_costs_the_same_with_many_members(client, olga):
    few = queries_of(client, options_url())
    for index in range(5):
        a_mailbox(f"box{index}@example.com", readers=[a_user(f"rita{index}")])

    many = queries_of(client, options_url())

    assert len(many) == len(few) <= 26


def test_closing_the_account_pauses_all_and_reopening_lifts_that(client, olga):
    url = reverse("wagtail_ecp:close_account")

    client.post(url, {"close": ""})
    closed = Account.objects.get().closed_at
    client.post(url, {"reopen": ""})

    assert closed is not None
    assert Account.objects.get().closed_at is None


def test_a_closed_account_says_so_on_every_screen_of_a_member(client, olga):
    rita = a_user("rita")
    mailbox = a_mailbox(readers=[rita])
    client.post(reverse("wagtail_ecp:close_account"), {"close": ""})
    client.force_login(rita)

    page = client.get(reverse("wagtail_ecp:folder", args=[mailbox.pk, "inbox"]))

    assert "This account is closed" in page.content.decode()


def test_closing_asks_for_the_password_after_15_minutes(client, olga):
    long_ago(client)

    client.post(reverse("wagtail_ecp:close_account"), {"close": ""})

    assert Account.objects.get().closed_at is None
