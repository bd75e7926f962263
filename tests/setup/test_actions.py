"""The wizard's answers: kept one by one, and made true all at once."""

import threading

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from tests.builders import a_user, an_account
from tests.setup.conftest import (
    ACCOUNT,
    MAILBOX,
    NO_SERVERS,
    PASSWORDS,
    answer_all,
)
from wagtail_ecp.accounts.models import Account, Letter
from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.models import Mailbox, OutgoingServer, Source
from wagtail_ecp.jobs.sweep import sweep
from wagtail_ecp.mail.trying import Mark
from wagtail_ecp.setup import actions
from wagtail_ecp.setup.models import STEPS, Setup

pytestmark = pytest.mark.django_db


def made():
    return [
        table.objects.count() for table in (Account, Mailbox, Source, OutgoingServer)
    ]


def test_everything_is_made_at_once_and_the_answers_are_gone(root, alice):
    answer_all(root, users=[alice])
    assert made() == [0, 0, 0, 0]

    mailbox = actions.finish(by=root)

    account, source = Account.objects.get(), Source.objects.get()
    assert (account.name, account.time_zone) == ("Alder & Finch", "Europe/Berlin")
    assert account.owner == root
    assert not account.receives_only
    assert (mailbox.name, mailbox.address_key) == ("Support", "support@example.com")
    assert (source.mailbox, source.host, source.start) == (
        mailbox,
        "imap.example.com",
        Source.Start.NOW,
    )
    assert source.password == "secret in"
    assert mailbox.outgoing_server.password == "secret out"
    assert not Setup.objects.exists()


def test_owner_and_colleagues_are_put_into_a_group_with_the_right(root, alice, bob):
    answer_all(root, owner=bob, users=[alice], right="reply")

    mailbox = actions.finish(by=root)

    group = mailbox.group_permissions.get().group
    assert set(group.user_set.all()) == {alice, bob}
    assert group.permissions.filter(codename="access_admin").exists()
    assert permissions.can_reply(alice, mailbox)
    assert not permissions.can_read(root, mailbox)


def test_a_group_of_that_name_that_is_there_already_gets_no_right(root, alice):
    theirs = Group.objects.create(name="Support")
    answer_all(root)

    mailbox = actions.finish(by=root)

    assert mailbox.group_permissions.get().group != theirs


def test_without_servers_mail_is_delivered_here_and_goes_the_sites_way(root):
    answer_all(root, **NO_SERVERS)

    mailbox = actions.finish(by=root)

    assert mailbox.outgoing_server is None
    assert not Source.objects.exists()


def test_an_equal_outgoing_server_is_used_again(root):
    known = OutgoingServer(
        name="Ours",
        host="smtp.example.com",
        port=465,
        security="tls",
        username="support@example.com",
    )
    known.password = PASSWORDS["outgoing"]
    known.save()
    answer_all(root)

    assert actions.finish(by=root).outgoing_server == known


def test_an_outgoing_server_with_another_password_is_left_alone(root):
    known = OutgoingServer(
        name="Ours",
        host="smtp.example.com",
        port=465,
        security="tls",
        username="support@example.com",
    )
    known.password = "another"
    known.save()
    answer_all(root)

    assert actions.finish(by=root).outgoing_server != known
    known.refresh_from_db()
    assert known.password == "another"


@pytest.mark.parametrize(
    ("start", "last_uid"), [("now", 7), ("30-days", 4), ("everything", 0)]
)
def test_mail_that_comes_after_the_test_is_new(root, start, last_uid):
    answer_all(root, start=start)
    mark = Mark(uidvalidity=123, newest=7, month=4)
    actions.finish_mailbox(by=root, mark=mark)

    actions.finish(by=root)

    source = Source.objects.get()
    assert (source.uidvalidity, source.last_uid) == (123, last_uid)
    assert source.history_uid == 7


def test_without_a_good_test_the_first_visit_decides_where_to_begin(root):
    answer_all(root)
    actions.finish_mailbox(by=root, mark=Mark(uidvalidity=1, newest=7, month=4))
    actions.finish_mailbox(by=root, mark=None)

    actions.finish(by=root)

    assert Source.objects.get().uidvalidity is None


def test_a_trial_only_receives(root):
    answer_all(root, receives_only=True)

    actions.finish(by=root)

    assert Account.objects.get().receives_only


def test_the_owner_is_told_by_letter_unless_it_is_oneself(root, alice):
    answer_all(root, owner=alice)

    actions.finish(by=root)

    letter = Letter.objects.get()
    assert letter.user == alice
    assert "root has set up" in letter.text
    assert "support@example.com" in letter.text


def test_nobody_is_written_to_for_what_they_did_themselves(root):
    answer_all(root)

    actions.finish(by=root)

    assert not Letter.objects.exists()


def test_what_goes_wrong_in_the_end_takes_everything_back(root, alice, monkeypatch):
    answer_all(root, users=[alice])
    monkeypatch.setattr(actions, "_add_group", lambda *a, **k: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        actions.finish(by=root)

    assert made() == [0, 0, 0, 0]
    assert Setup.objects.get().finished == list(STEPS)


def test_answers_are_resumed_at_the_first_unfinished_step(root):
    setup = actions.start(by=root)
    assert setup.next_step == "account"

    setup = actions.save("account", ACCOUNT, by=root)

    assert Setup.objects.get().next_step == "owner"
    assert setup.may_open("owner")
    assert not setup.may_open("mailbox")


def test_going_back_keeps_the_other_answers(root):
    answer_all(root)

    actions.save("account", {**ACCOUNT, "name": "Another"}, by=root)

    setup = Setup.objects.get()
    assert setup.answers["account"]["name"] == "Another"
    assert setup.answers["mailbox"] == MAILBOX
    assert sorted(setup.finished) == sorted(STEPS)


def test_no_step_is_answered_before_those_before_it(root):
    actions.start(by=root)

    with pytest.raises(PermissionDenied):
        actions.save("mailbox", MAILBOX, by=root, passwords=PASSWORDS)


def test_passwords_are_stored_encrypted_and_apart(root):
    answer_all(root)

    row = Setup.objects.values().get()
    assert "secret in" not in str(row)
    assert Setup.objects.get().passwords["incoming"][1] == "secret in"


def test_passwords_are_asked_for_again_when_their_key_is_gone(root, settings):
    answer_all(root)

    settings.SECRET_KEY = "another one"

    assert Setup.objects.get().passwords == {}


def test_a_stored_password_stays_for_the_same_place(root):
    answer_all(root)

    actions.save("mailbox", {**MAILBOX, "name": "Help"}, by=root)

    assert Setup.objects.get().passwords["outgoing"][1] == "secret out"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("incoming_host", "imap.evil.example"),
        ("incoming_port", 994),
        ("incoming_security", "starttls"),
        ("incoming_username", "somebody@example.com"),
    ],
)
def test_a_stored_password_goes_to_no_other_place(root, name, value):
    answer_all(root)

    with pytest.raises(ValidationError) as refusal:
        actions.save("mailbox", {**MAILBOX, name: value}, by=root)

    assert list(refusal.value.message_dict) == ["incoming_password"]
    assert Setup.objects.get().answers["mailbox"] == MAILBOX


def test_a_password_of_a_server_that_is_no_longer_wanted_is_forgotten(root):
    answer_all(root)

    actions.save("mailbox", NO_SERVERS, by=root)

    assert Setup.objects.get().secret == ""


WRONG = [
    ("account", {**ACCOUNT, "time_zone": "Mars/Olympus"}, "time_zone"),
    ("account", {**ACCOUNT, "name": ""}, "name"),
    ("owner", {"owner": "4711"}, "owner"),
    ("owner", {"owner": "no number"}, "owner"),
    ("mailbox", {**MAILBOX, "address": "nobody"}, "address"),
    ("mailbox", {**MAILBOX, "name": ""}, "name"),
    ("mailbox", {**MAILBOX, "incoming_host": ""}, "incoming_host"),
    ("mailbox", {**MAILBOX, "incoming_username": ""}, "incoming_username"),
    ("mailbox", {**MAILBOX, "outgoing_port": 70000}, "outgoing_port"),
    ("mailbox", {**MAILBOX, "outgoing_security": "none"}, "outgoing_security"),
    ("mailbox", {**MAILBOX, "incoming_security": "rot13"}, "incoming_security"),
    ("mailbox", {**MAILBOX, "start": "yesterday"}, "start"),
    ("colleagues", {"users": ["4711"], "right": "reply"}, "users"),
    ("colleagues", {"users": [], "right": "everything"}, "right"),
]


@pytest.mark.parametrize(("step", "answers", "name"), WRONG)
def test_what_makes_no_sense_is_refused_by_question(root, step, answers, name):
    answer_all(root)
    before = Setup.objects.values().get()

    with pytest.raises(ValidationError) as refusal:
        actions.save(step, answers, by=root, passwords=PASSWORDS)

    assert name in refusal.value.message_dict
    assert Setup.objects.values().get() == before


def test_unencrypted_servers_will_do_where_the_level_has_no_ssl(root, settings):
    settings.WAGTAIL_ECP = {
        **settings.WAGTAIL_ECP,
        "SERVICE_LEVELS": {"free": {"label": "Free", "allows": ()}},
    }

    setup = answer_all(root, incoming_security="none", outgoing_security="none")

    assert sorted(setup.finished) == sorted(STEPS)


def test_the_level_says_how_many_members_there_may_be(root, alice, bob, settings):
    settings.WAGTAIL_ECP = {
        **settings.WAGTAIL_ECP,
        "SERVICE_LEVELS": {
            "free": {"label": "Free", "allows": ["ssl"], "limits": {"members": 2}}
        },
    }
    answer_all(root, users=[alice])

    with pytest.raises(ValidationError, match="room for 2 members"):
        answer_all(root, users=[alice, bob])


@pytest.mark.parametrize("address", ["support@example.com", "Support+me@EXAMPLE.com"])
def test_mail_to_the_owner_must_not_arrive_in_the_mailbox(root, alice, address):
    alice.email = address
    alice.save()

    with pytest.raises(ValidationError) as refusal:
        answer_all(root, owner=alice)

    assert list(refusal.value.message_dict) == ["address"]


def test_an_owner_whose_mail_arrives_in_the_mailbox_is_refused(root, alice):
    answer_all(root)
    alice.email = "support@example.com"
    alice.save()

    with pytest.raises(ValidationError) as refusal:
        actions.save("owner", {"owner": str(alice.pk)}, by=root)

    assert list(refusal.value.message_dict) == ["owner"]


def test_finishing_says_which_answer_holds_no_longer(root, alice):
    answer_all(root, owner=alice)
    alice.is_active = False
    alice.save()

    with pytest.raises(actions.StepError) as refusal:
        actions.finish(by=root)

    assert refusal.value.step == "owner"
    assert made() == [0, 0, 0, 0]


def test_finishing_says_which_step_is_missing(root):
    answer_all(root)
    actions.save("mailbox", NO_SERVERS, by=root, is_finished=False)

    with pytest.raises(actions.StepError) as refusal:
        actions.finish(by=root)

    assert refusal.value.step == "mailbox"


def test_the_first_superuser_keeps_it_until_another_takes_over(root, other_root):
    answer_all(root)

    assert actions.start(by=other_root).user == root
    with pytest.raises(PermissionDenied, match="root has taken over"):
        actions.save("account", ACCOUNT, by=other_root)
    actions.take_over(by=other_root)

    with pytest.raises(PermissionDenied):
        actions.finish(by=root)
    actions.finish(by=other_root)
    assert Account.objects.exists()


@pytest.mark.parametrize("kind", ["staff", "inactive"])
def test_nobody_but_active_superusers_gets_at_it(root, kind):
    answer_all(root)
    person = a_user(kind, is_superuser=kind == "inactive")
    person.is_active = kind != "inactive"
    person.save()

    for attempt in (actions.start, actions.take_over, actions.finish):
        with pytest.raises(PermissionDenied):
            attempt(by=person)
    with pytest.raises(PermissionDenied):
        actions.save("account", ACCOUNT, by=person)


def test_it_is_never_run_again(root):
    answer_all(root)
    actions.finish(by=root)

    for attempt in (actions.start, actions.take_over, actions.finish):
        with pytest.raises(actions.AlreadySetUpError):
            attempt(by=root)
    with pytest.raises(actions.AlreadySetUpError):
        actions.save("account", ACCOUNT, by=root)


def test_an_account_made_in_the_shell_ends_the_wizard(root, alice):
    answer_all(root)
    an_account(alice)

    with pytest.raises(actions.AlreadySetUpError):
        actions.finish(by=root)

    assert not Mailbox.objects.exists()


def test_the_sweep_forgets_answers_that_an_account_outdated(root, alice, monkeypatch):
    monkeypatch.setattr("wagtail_ecp.queue.enqueue", lambda *a, **k: None)
    answer_all(root)
    sweep()
    assert Setup.objects.exists()

    an_account(alice)
    sweep()

    assert not Setup.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_finishing_at_once_make_one_account(root):
    answer_all(root)
    at_once = threading.Barrier(2)
    told: list[Mailbox | Exception] = []

    def finish():
        at_once.wait()
        try:
            told.append(actions.finish(by=root))
        except Exception as error:  # noqa: BLE001 - looked at below
            told.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=finish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(type(one).__name__ for one in told) == [
        "AlreadySetUpError",
        "Mailbox",
    ]
    assert made() == [1, 1, 1, 1]
