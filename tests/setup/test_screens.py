"""The wizard at the screen: who gets what, and what each step shows."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.builders import a_user, an_email, grant, receive_and_process
from tests.setup.conftest import (
    ACCOUNT,
    MAILBOX,
    NO_SERVERS,
    PASSWORDS,
    answer_all,
)
from tests.setup.test_finding import IMAP, SMTP, a_file, a_world
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.models import Mailbox, Source
from wagtail_ecp.mail.trying import Outcome, Step, Trial
from wagtail_ecp.setup import actions, lookups, trials
from wagtail_ecp.setup.models import Setup

pytestmark = pytest.mark.django_db

URL = reverse("wagtail_ecp:setup")
READY = reverse("wagtail_ecp:setup_ready")
ARRIVED = reverse("wagtail_ecp:setup_arrived")
TAKE_OVER = reverse("wagtail_ecp:setup_take_over")
SERVERS = {
    **{name: value for name, value in MAILBOX.items() if value is not False},
    "incoming": "yes",
    "outgoing": "yes",
    "incoming_password": PASSWORDS["incoming"],
    "outgoing_password": PASSWORDS["outgoing"],
}
WITHOUT = {"address": MAILBOX["address"], "name": "Support", "receives_only": "on"}


def step_url(name):
    return reverse("wagtail_ecp:setup_step", args=[name])


def main_of(response):
    assert response.status_code == 200, response
    return BeautifulSoup(response.content, "html.parser").select_one("main")


@pytest.fixture
def as_root(client, root):
    client.force_login(root)
    return client


@pytest.fixture
def administrator(db):
    """Administers by a group's permission, without being superuser."""
    person = a_user("adele")
    person.user_permissions.add(Permission.objects.get(codename="administer_ecp"))
    return person


@pytest.fixture
def a_test_that(monkeypatch):
    """Decide what the next test of the servers says."""

    def decide(**failures):
        def run(_setup):
            return {
                side: Trial(
                    outcomes=(
                        Outcome(
                            step=failures.get(side, (Step.CONNECT, ""))[0],
                            is_ok=side not in failures,
                            words=failures.get(side, ("", ""))[1],
                        ),
                    ),
                    folders=("INBOX", "Support mail") if side == "incoming" else (),
                )
                for side in ("incoming", "outgoing")
            }

        monkeypatch.setattr(trials, "run", run)

    return decide


# Who gets what before there is an account: by GET, and by POST.
PEOPLE = ("superuser", "other superuser", "administrator", "outsider", "anonymous")
TABLE = {
    "wagtail_ecp:start": ((302, 302, 302, 302, "login"),) * 2,
    "wagtail_ecp:setup": (
        (302, 200, 200, 200, "login"),
        (302, 403, 403, 403, "login"),
    ),
    "wagtail_ecp:setup_step": (
        (200, 200, 200, 200, "login"),
        (302, 403, 403, 403, "login"),
    ),
    "wagtail_ecp:setup_take_over": (
        (405, 405, 405, 405, "login"),
        (302, 302, 403, 403, "login"),
    ),
    "wagtail_ecp:setup_ready": (
        (302, 302, 302, "home", "login"),
        (405, 405, 405, 405, "login"),
    ),
    "wagtail_ecp:setup_arrived": (
        (404, 404, 404, "home", "login"),
        (405, 405, 405, 405, "login"),
    ),
}


@pytest.mark.parametrize("person", PEOPLE)
def test_before_there_is_an_account_everybody_gets_what_the_table_says(
    client, root, other_root, administrator, carol, person
):
    answer_all(root)
    people = dict(zip(PEOPLE, (root, other_root, administrator, carol), strict=False))
    if person in people:
        client.force_login(people[person])
    got, expected = {}, {}

    for name, rows in TABLE.items():
        url = step_url("account") if name.endswith("_step") else reverse(name)
        for method, row in zip(("get", "post"), rows, strict=True):
            response = getattr(client, method)(url, ACCOUNT)
            got[name, method] = outcome(response)
            expected[name, method] = row[PEOPLE.index(person)]
            if got[name, method] == 403:
                assert Setup.objects.get().user == root

    assert got == expected


def outcome(response):
    if response.status_code == 302 and response.url.startswith("/admin/login/"):
        return "login"
    if response.status_code == 302 and response.url == reverse("wagtailadmin_home"):
        return "home"
    return response.status_code


def test_the_first_superuser_to_open_it_starts_it(as_root, root):
    response = as_root.get(reverse("wagtail_ecp:start"), follow=True)

    assert response.redirect_chain[-1][0] == step_url("account")
    assert Setup.objects.get().user == root


def test_the_mail_menu_is_there_for_superusers_alone(client, root, carol):
    client.force_login(root)
    assert "ecp-mail" in client.get("/admin/").content.decode()
    client.force_login(carol)
    assert "ecp-mail" not in client.get("/admin/").content.decode()


def test_an_administrator_reads_who_can_set_it_up(client, root, administrator):
    client.force_login(administrator)

    text = main_of(client.get(URL)).text

    assert "not set up yet" in text
    assert "root" in text
    assert not Setup.objects.exists()


def test_another_superuser_reads_who_is_at_it_and_takes_over(client, root, other_root):
    answer_all(root)
    client.force_login(other_root)

    main = main_of(client.get(step_url("mailbox")))
    assert "root is setting up the e-mail centre" in main.text
    response = client.post(main.form["action"], follow=True)

    assert response.redirect_chain[-1][0] == step_url("colleagues")
    assert Setup.objects.get().user == other_root


def test_resuming_leads_to_the_first_unfinished_step(as_root, root):
    actions.start(by=root)
    actions.save("account", ACCOUNT, by=root)

    assert as_root.get(URL).url == step_url("owner")
    assert as_root.get(step_url("colleagues")).url == step_url("owner")
    assert as_root.get(step_url("nonsense")).status_code == 404


def test_going_back_shows_what_was_answered(as_root, root):
    answer_all(root)

    account = main_of(as_root.get(step_url("account")))
    mailbox = main_of(as_root.get(step_url("mailbox")))

    assert account.select_one("[name=time_zone]")["value"] == "Europe/Berlin"
    assert mailbox.select_one("[name=incoming_host]")["value"] == "imap.example.com"
    assert mailbox.select_one("[name=incoming][checked]")["value"] == "yes"
    assert not mailbox.select_one("[name=incoming_password]").get("value")
    assert "secret in" not in str(mailbox)


def test_going_back_shows_that_there_are_no_servers(as_root, root):
    answer_all(root, **NO_SERVERS)

    mailbox = main_of(as_root.get(step_url("mailbox")))

    assert mailbox.select_one("[name=incoming][checked]")["value"] == ""
    assert mailbox.select_one("[name=outgoing][checked]")["value"] == ""


def test_every_step_says_where_one_is(as_root, root):
    answer_all(root)

    main = main_of(as_root.get(step_url("owner")))

    assert "Step 2 of 5" in main.text
    assert main.select_one("[aria-current=step]").get_text(strip=True) == "Owner"
    links = [link["href"] for link in main.select(".ecp-setup__steps a")]
    assert links == [step_url(name) for name in ("account", "mailbox", "colleagues")]


def test_the_browsers_zone_is_proposed_only_where_nobody_has_chosen(as_root, root):
    fresh = main_of(as_root.get(step_url("account")))
    assert fresh.select_one("[data-ecp-own-zone-chosen-value=false]")

    again = main_of(as_root.post(step_url("account"), {"time_zone": "Mars"}))
    assert again.select_one("[data-ecp-own-zone-chosen-value=true]")

    actions.save("account", ACCOUNT, by=root)
    answered = main_of(as_root.get(step_url("account")))
    assert answered.select_one("[data-ecp-own-zone-chosen-value=true]")


def test_an_alias_of_a_zone_will_do(as_root):
    as_root.get(URL)

    response = as_root.post(
        step_url("account"), {"name": "A", "time_zone": "us/pacific"}
    )

    assert response.url == step_url("owner")
    assert Setup.objects.get().answers["account"]["time_zone"] == "US/Pacific"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "", "time_zone": "UTC"}, "This field is required"),
        ({"name": "A", "time_zone": "Mars"}, "is not a time zone"),
        ({"name": "x" * 256, "time_zone": "UTC"}, "at most 255 characters"),
    ],
)
def test_the_account_step_says_what_is_wrong(as_root, data, words):
    as_root.get(URL)

    assert words in main_of(as_root.post(step_url("account"), data)).text
    assert Setup.objects.get().answers == {}


def test_the_owner_is_oneself_unless_another_is_chosen(as_root, root, alice):
    gone = a_user("gone")
    gone.is_active = False
    gone.save()
    actions.start(by=root)
    actions.save("account", ACCOUNT, by=root)

    select = main_of(as_root.get(step_url("owner"))).select_one("[name=owner]")

    names = [option.text for option in select.select("option")]
    assert "alice" in names
    assert "gone" not in names
    assert select.select_one("[selected]")["value"] == str(root.pk)


@pytest.fixture
def at_the_mailbox(as_root, root):
    actions.start(by=root)
    actions.save("account", ACCOUNT, by=root)
    actions.save("owner", {"owner": str(root.pk)}, by=root)
    return as_root


def post_mailbox(client, do, **changes):
    return client.post(step_url("mailbox"), {**SERVERS, "do": do, **changes})


def test_servers_are_found_and_filled_in(at_the_mailbox, monkeypatch):
    world, _asked = a_world(
        files={
            "https://example.com/.well-known/autoconfig/mail/config-v1.1.xml": a_file(
                IMAP, SMTP
            )
        }
    )
    monkeypatch.setattr(lookups, "current", lambda: world)

    main = main_of(
        at_the_mailbox.post(
            step_url("mailbox"), {"address": "support@example.com", "do": "find"}
        )
    )

    def value(name):
        return main.select_one(f"[name={name}]").get("value")

    assert value("address") == "support@example.com"
    assert value("incoming_host") == "imap.provider.example"
    assert value("outgoing_port") == "587"
    chosen = main.select_one("[name=outgoing_security] [selected]")
    assert chosen["value"] == "starttls"
    assert main.select(".error-message") == []
    assert "mailbox" not in Setup.objects.get().answers


def test_nothing_found_is_said(at_the_mailbox, monkeypatch):
    monkeypatch.setattr(lookups, "current", lambda: a_world()[0])

    main = main_of(post_mailbox(at_the_mailbox, "find"))

    assert "No servers were found" in main.text
    assert main.select_one("[name=incoming_host]")["value"] == "imap.example.com"


def test_finding_wants_an_address(at_the_mailbox):
    main = main_of(post_mailbox(at_the_mailbox, "find", address="nobody"))

    assert "Enter a valid email address" in main.text


def test_a_server_without_tls_is_neither_offered_nor_filled_in(
    at_the_mailbox, monkeypatch
):
    plain = IMAP.replace(">SSL<", ">plain<")
    file = "https://example.com/.well-known/autoconfig/mail/config-v1.1.xml"
    world, _asked = a_world(files={file: a_file(plain)})
    monkeypatch.setattr(lookups, "current", lambda: world)

    main = main_of(
        at_the_mailbox.post(
            step_url("mailbox"), {"address": "support@example.com", "do": "find"}
        )
    )

    assert not main.select_one("[name=incoming_host]").get("value")
    values = [
        option["value"] for option in main.select("[name=incoming_security] option")
    ]
    assert values == ["tls", "starttls"]


def test_a_forged_unencrypted_server_is_refused(at_the_mailbox):
    main = main_of(post_mailbox(at_the_mailbox, "next", incoming_security="none"))

    assert "not one of the available choices" in main.text
    assert "mailbox" not in Setup.objects.get().answers


def test_a_test_shows_each_step_and_keeps_what_was_typed(at_the_mailbox, a_test_that):
    a_test_that(outgoing=(Step.LOG_IN, "535 5.7.8 Who are you?"))

    main = main_of(post_mailbox(at_the_mailbox, "test"))

    assert [item.get_text(" ", strip=True) for item in main.select(".ecp-setup__well")]
    [failed] = main.select(".ecp-setup__failed")
    assert "Log in" in failed.text
    assert failed.q.text == "535 5.7.8 Who are you?"
    options = [option["value"] for option in main.select("#ecp-folders option")]
    assert options == ["INBOX", "Support mail"]
    setup = Setup.objects.get()
    assert setup.next_step == "mailbox"
    assert setup.passwords["incoming"][1] == PASSWORDS["incoming"]


def test_a_password_need_not_be_typed_again_after_a_test(at_the_mailbox, a_test_that):
    a_test_that()
    assert "All went well" in main_of(post_mailbox(at_the_mailbox, "test")).text

    empty = {"incoming_password": "", "outgoing_password": ""}
    response = post_mailbox(at_the_mailbox, "next", **empty)

    assert response.url == step_url("colleagues")


def test_next_tests_too_and_goes_on_all_the_same_only_when_told(
    at_the_mailbox, a_test_that
):
    a_test_that(incoming=(Step.CONNECT, "Connection refused"))

    main = main_of(post_mailbox(at_the_mailbox, "next"))
    assert "Connection refused" in main.text
    assert Setup.objects.get().next_step == "mailbox"

    response = post_mailbox(at_the_mailbox, "next", go_on="1")
    assert response.url == step_url("colleagues")


def test_a_server_that_cannot_encrypt_is_refused_whatever_one_says(
    at_the_mailbox, a_test_that
):
    a_test_that(incoming=(Step.ENCRYPT, "does not offer encryption"))

    main = main_of(post_mailbox(at_the_mailbox, "next", go_on="1"))

    assert "Mail has to travel encrypted" in main.text
    assert main.select("[name=go_on]") == []
    assert Setup.objects.get().next_step == "mailbox"


def test_the_sites_own_way_out_is_warned_of_when_it_does_not_encrypt(
    at_the_mailbox, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    data = {"address": MAILBOX["address"], "name": "Support", "do": "next"}

    main = main_of(at_the_mailbox.post(step_url("mailbox"), data))
    assert "EMAIL_USE_TLS" in main.text

    response = at_the_mailbox.post(step_url("mailbox"), {**data, "go_on": "1"})
    assert response.url == step_url("colleagues")


def test_no_servers_at_all_will_do_for_a_trial(at_the_mailbox):
    response = at_the_mailbox.post(step_url("mailbox"), {**WITHOUT, "do": "next"})

    assert response.url == step_url("colleagues")
    answers = Setup.objects.get().answers["mailbox"]
    assert (answers["incoming"], answers["receives_only"]) == (False, True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"address": "nobody"}, "Enter a valid email address"),
        ({"name": ""}, "This field is required"),
        ({"incoming_host": ""}, "This field is required"),
        ({"outgoing_port": ""}, "This field is required"),
        ({"incoming_port": "99999"}, "less than or equal to 65535"),
        ({"incoming_username": ""}, "wants to know who asks"),
        ({"incoming_password": ""}, "Type the password"),
        ({"start": "yesterday"}, "not one of the available choices"),
        ({"address": "root@staff.example"}, "would read the password reset"),
    ],
)
def test_the_mailbox_step_says_what_is_wrong(
    at_the_mailbox, a_test_that, changes, words
):
    a_test_that()

    main = main_of(post_mailbox(at_the_mailbox, "next", **changes))

    assert words in main.text
    assert Setup.objects.get().answers.get("mailbox") is None


def test_the_last_step_says_what_will_be_set_up_and_sets_it_up(as_root, root, alice):
    answer_all(root, **NO_SERVERS)

    text = main_of(as_root.get(step_url("colleagues"))).text
    assert "Alder & Finch, Europe/Berlin" in text
    assert "delivered to this site" in text
    response = as_root.post(
        step_url("colleagues"), {"users": [alice.pk], "right": "reply"}
    )

    assert response.url == READY
    assert Account.objects.get().owner == root
    assert Mailbox.objects.visible_to(alice).exists()


def test_an_answer_that_holds_no_longer_is_asked_again(as_root, root, alice):
    answer_all(root, owner=alice)
    alice.is_active = False
    alice.save()

    response = as_root.post(step_url("colleagues"), {"right": "reply"}, follow=True)

    assert response.redirect_chain[-1][0] == step_url("owner")
    assert "Answer this again" in response.content.decode()
    assert not Account.objects.exists()


def test_who_finishes_second_is_told(as_root, root, monkeypatch):
    answer_all(root)

    def others_were_quicker(**_more):
        raise actions.AlreadySetUpError("Already set up.")

    monkeypatch.setattr(actions, "finish", others_were_quicker)
    response = as_root.post(step_url("colleagues"), {"right": "reply"}, follow=True)

    assert "Already set up." in response.content.decode()


def test_it_cannot_be_run_again(as_root, root):
    answer_all(root)
    actions.finish(by=root)

    for url in (URL, step_url("account")):
        assert as_root.get(url).url == reverse("wagtail_ecp:start")
        assert as_root.post(url, ACCOUNT).url == reverse("wagtail_ecp:start")
    assert as_root.post(TAKE_OVER).url == reverse("wagtail_ecp:start")
    assert not Setup.objects.exists()


@pytest.fixture
def set_up(root, alice):
    answer_all(root, owner=alice, **NO_SERVERS)
    return actions.finish(by=root)


def test_the_ready_page_waits_for_mail_and_shows_it(client, alice, set_up):
    client.force_login(alice)
    page = main_of(client.get(READY))
    assert "Send a mail to support@example.com" in page.text
    assert "Nothing has come yet" in page.text
    assert page.find("a", string="Look again")["href"] == READY
    assert client.get(ARRIVED).json()["arrived"] is False

    receive_and_process(an_email("Is anybody there?"))

    answer = client.get(ARRIVED).json()
    assert answer["arrived"] is True
    assert "Is anybody there?" in answer["html"]
    assert "Is anybody there?" in main_of(client.get(READY)).text


def test_who_may_not_read_it_learns_only_that_mail_came(client, root, set_up):
    receive_and_process(an_email("Secret"))
    client.force_login(root)

    answer = client.get(ARRIVED).json()

    assert answer["arrived"] is True
    assert "Secret" not in answer["html"]


def test_who_works_in_another_mailbox_alone_gets_nothing(client, carol, set_up):
    other = Mailbox(name="Other", address="other@example.com")
    other.full_clean()
    other.save()
    grant(carol, other, "read")
    client.force_login(carol)

    assert client.get(READY).status_code == 404
    assert client.get(ARRIVED).status_code == 404


def test_the_ready_page_says_why_a_source_brings_nothing(client, alice, set_up):
    Source.objects.create(
        mailbox=set_up,
        name="In",
        host="imap.example.com",
        port=993,
        last_error="imap.example.com refused us: LOGIN failed",
    )
    client.force_login(alice)

    assert "refused us: LOGIN failed" in client.get(ARRIVED).json()["html"]


def test_the_ready_page_leads_on(client, root, alice, set_up):
    client.force_login(alice)
    links = [link["href"] for link in main_of(client.get(READY)).select("li a")]
    assert reverse("wagtail_ecp:account_options") in links

    client.force_login(root)
    main = main_of(client.get(READY))
    links = [link["href"] for link in main.select("li a")]
    assert reverse("wagtail_ecp:account_options") not in links
    assert reverse("wagtailusers_users:add") in links
    assert "the group “Support”" in main.text
