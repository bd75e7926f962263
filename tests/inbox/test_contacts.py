"""Contacts: whom one may see, finds by typing, and what one does with them."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.contacts.models import Contact, ContactAddress, ContactWord
from wagtail_ecp.contacts.words import beginning_with, typed_words, words_of
from wagtail_ecp.inbox import actions, correspondents
from wagtail_ecp.inbox.models import Conversation, Message
from wagtail_ecp.jobs.contacts import remove_old_merges
from wagtail_ecp.journal.models import Action
from wagtail_ecp.spam.models import Score

SALES = "sales@example.com"
VERA = "vera@customer.example"


def a_contact(name="Vera Holm", address=VERA, *, by):
    return actions.write_down_contact(name, address, by=by)


def written(*senders, to="support@example.com"):
    """Take in a mail of each sender; return their contacts."""
    mails = [an_email(f"Mail {n}", sender=s, to=to) for n, s in enumerate(senders)]
    rows = receive_and_process(*mails, to=to)
    return [row.message.contact for row in rows]


def seen_by(user):
    return set(correspondents.visible_to(user))


def offered(text, user):
    return [str(one.address) for one in correspondents.complete(text, user=user)]


@pytest.fixture
def mailboxes(alice, bob):
    """Alice answers Support, Bob answers Sales."""
    return a_mailbox(repliers=[alice]), a_mailbox(SALES, repliers=[bob])


def test_whoever_was_merely_seen_is_there_for_readers_of_their_mail(
    mailboxes, alice, bob, carol
):
    [vera] = written(f"Vera <{VERA}>")

    assert seen_by(alice) == {vera}
    assert seen_by(bob) == set()
    assert seen_by(carol) == set()


def test_an_added_contact_is_there_for_every_member_and_nobody_else(
    mailboxes, alice, bob, carol
):
    vera = a_contact(by=alice)
    carol.is_superuser = True
    carol.save()

    assert seen_by(alice) == seen_by(bob) == {vera}
    assert seen_by(carol) == set()


def test_who_is_no_user_any_more_sees_nobody(mailboxes, alice):
    a_contact(by=alice)
    alice.is_active = False

    assert seen_by(alice) == set()


@pytest.mark.parametrize(
    "typed",
    [
        *("v", "vera", "VERA ho", "holm", "Hölm", "vera@cus", VERA, "customer"),
        *("holm vera", "  vera  "),
    ],
)
def test_a_contact_is_found_by_beginnings_of_words(mailboxes, alice, typed):
    a_contact("Vera Hölm", by=alice)

    assert offered(typed, alice) == [VERA]


@pytest.mark.parametrize(
    "typed", ["", "  ", "@", "era", "olm", "vera x", "%", "v_ra@cus"]
)
def test_what_begins_no_word_finds_nobody(mailboxes, alice, typed):
    a_contact(by=alice)

    assert offered(typed, alice) == []


def test_completion_offers_nobody_that_one_may_not_see(mailboxes, alice, bob, carol):
    written(f"Vera <{VERA}>")

    assert offered("vera", alice) == [VERA]
    assert offered("vera", bob) == []
    assert offered(VERA, carol) == []


def test_completion_offers_added_contacts_first_and_ten_at_most(mailboxes, alice):
    written(*[f"Anna {n} <anna{n:02}@customer.example>" for n in range(12)])
    a_contact("Zoe Anna", "zoe@customer.example", by=alice)

    found = offered("anna", alice)

    assert found[0] == "zoe@customer.example"
    assert len(found) == 10


def test_completion_does_not_offer_who_sent_nothing_but_spam(mailboxes, alice):
    written(f"Vera <{VERA}>")
    Conversation.objects.update(folder="spam")

    assert offered("vera", alice) == []


def test_every_address_of_a_contact_is_offered(mailboxes, alice):
    vera = a_contact(by=alice)
    actions.add_contact_address(vera, "holm@home.example", by=alice)

    assert sorted(offered("vera", alice)) == ["holm@home.example", VERA]


def test_completion_reads_indexes_and_no_table_of_contacts(mailboxes, alice):
    a_contact(by=alice)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        sql, parameters = beginning_with(
            ["ver"], is_added=True, look_at=10
        ).query.sql_with_params()
        is_sqlite = connection.vendor == "sqlite"
        explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        cursor.execute(explain + sql, parameters)
        plan = "\n".join(str(row) for row in cursor.fetchall())

    assert "ecp_contact_word" in plan
    assert "SCAN wagtail_ecp_contact" not in plan


def test_words_of_a_hostile_name_are_few_and_short():
    found = words_of("a" * 1000 + " b" * 1000, VERA)

    assert len(found) <= 12
    assert max(map(len, found)) <= 100
    assert len(typed_words("a " * 10_000)) <= 12


def test_the_seen_are_found_by_words_once_each(mailboxes, alice):
    written(f"Vera Holm <{VERA}>", f"Vera Holm <{VERA}>")

    words = ContactWord.objects.values_list("word", flat=True)

    assert sorted(words) == sorted([VERA, "vera", "customer", "example", "holm"])


def test_adding_by_hand_says_by_whom_and_is_written_down(mailboxes, alice):
    vera = a_contact(by=alice)

    assert (vera.name, vera.is_added, vera.added_by) == ("Vera Holm", True, alice)
    assert vera.added_by_name == "alice"
    assert vera.added_at
    assert Action.objects.filter(kind="contact-added", user=alice).count() == 1


@pytest.mark.parametrize(
    "address", ["", "vera", "vera@", "a b@c.example", "@x.example"]
)
def test_what_is_no_address_is_refused_with_its_name(mailboxes, alice, address):
    with pytest.raises(ValidationError, match="is not an e-mail address"):
        a_contact(address=address, by=alice)

    assert not Contact.objects.exists()


def test_adding_a_sender_by_hand_keeps_their_mail_and_takes_the_name(mailboxes, alice):
    [seen] = written(f"V. <{VERA}>")

    added = a_contact("Vera Holm", by=alice)

    assert added == seen
    assert added.name == "Vera Holm"
    assert added.messages.count() == 1


def test_adding_somebody_twice_is_refused(mailboxes, alice, bob):
    a_contact(by=alice)

    with pytest.raises(ValidationError, match="in the contacts already, as Vera Holm"):
        a_contact("Somebody else", by=bob)


def test_adding_whom_one_may_not_see_tells_nothing_of_them(mailboxes, alice, bob):
    [vera] = written(f"Vera Secret <{VERA}>")
    actions.add_contact_address(vera, "secret@customer.example", by=alice)

    added = a_contact("", by=bob)

    assert added != vera
    assert not added.name
    assert [row.address for row in added.addresses.all()] == [VERA]
    assert [row.address for row in vera.addresses.all()] == ["secret@customer.example"]
    assert added.messages.count() == 1


def test_an_address_of_somebody_unseen_goes_over_without_a_word(mailboxes, alice, bob):
    [secret] = written("Secret <secret@customer.example>")
    vera = a_contact(by=bob)

    actions.add_contact_address(vera, "Secret@customer.example", by=bob)

    assert not Contact.objects.filter(pk=secret.pk).exists()
    assert Message.objects.get().contact == vera
    assert Conversation.objects.get().contact == vera


def test_an_address_of_another_contact_is_refused_with_what_to_do(mailboxes, alice):
    vera = a_contact(by=alice)
    a_contact("Otto", "otto@customer.example", by=alice)

    with pytest.raises(ValidationError, match="belongs to Otto"):
        actions.add_contact_address(vera, "otto@customer.example", by=alice)


def test_an_address_twice_is_refused(mailboxes, alice):
    vera = a_contact(by=alice)

    with pytest.raises(ValidationError, match="has this address already"):
        actions.add_contact_address(vera, VERA.upper(), by=alice)


def test_mail_from_an_added_address_is_the_contacts(mailboxes, alice):
    vera = a_contact(by=alice)
    actions.add_contact_address(vera, "holm@home.example", by=alice)

    assert written("V <holm@home.example>") == [vera]
    assert Score.objects.get().standing == Score.Standing.UNVERIFIED


def test_an_address_that_is_taken_away_takes_its_mail_along(mailboxes, alice):
    [vera] = written(f"Vera Holm <{VERA}>")
    [other] = written("V <holm@home.example>")
    actions.merge_contacts(vera, other, by=alice)

    actions.remove_contact_address(
        ContactAddress.objects.get(address="holm@home.example"), by=alice
    )

    apart = Contact.objects.exclude(pk=vera.pk).get()
    assert not apart.is_added
    assert apart.messages.get().sender_key == "holm@home.example"
    assert apart.conversations.count() == vera.conversations.count() == 1
    assert offered("holm@home", alice) == ["holm@home.example"]


def test_an_address_without_mail_is_simply_gone(mailboxes, alice):
    vera = a_contact(by=alice)
    actions.add_contact_address(vera, "holm@home.example", by=alice)

    actions.remove_contact_address(vera.addresses.last(), by=alice)

    assert Contact.objects.get() == vera
    assert offered("holm@home", alice) == []


def test_the_only_address_stays(mailboxes, alice):
    vera = a_contact(by=alice)

    with pytest.raises(ValidationError, match="only address"):
        actions.remove_contact_address(vera.addresses.get(), by=alice)


def test_merged_contacts_have_all_that_both_had(mailboxes, alice):
    [otto] = written("Otto <otto@customer.example>")
    vera = a_contact("", by=alice)

    actions.merge_contacts(otto, vera, by=alice)

    merged = Contact.objects.get()
    assert (merged, merged.name, merged.is_added) == (otto, "Otto", True)
    assert merged.addresses.count() == 2
    assert Message.objects.get().contact == merged
    assert offered("vera", alice) == ["otto@customer.example", VERA]
    assert Action.objects.filter(kind="contacts-merged").count() == 1


def everyone():
    """Return all of the contacts that a merge may change."""
    names = (
        "pk",
        "name",
        "origin",
        "sort_key",
        "added_at",
        "added_by",
        "added_by_name",
    )
    return {
        "contacts": list(Contact.objects.order_by("pk").values(*names)),
        "addresses": sorted(ContactAddress.objects.values_list("contact", "address")),
        "words": sorted(ContactWord.objects.values_list("contact", "word", "is_added")),
        "messages": list(
            Message.objects.order_by("pk").values_list("contact", flat=True)
        ),
        "conversations": list(
            Conversation.objects.order_by("pk").values_list("contact", flat=True)
        ),
    }


def test_a_merge_of_contacts_is_undone_with_their_mail(mailboxes, alice):
    [otto, *_rest] = written(
        "Otto <otto@customer.example>", f"Vera <{VERA}>", "Otto <otto@customer.example>"
    )
    vera = a_contact(by=alice)
    before = everyone()
    action = actions.merge_contacts(otto, vera, by=alice)
    [late] = receive_and_process(an_email("Late", sender=VERA))
    assert late.message.contact == otto

    assert actions.unmerge_contacts(action, by=alice) == otto

    after = everyone()
    assert after["messages"].pop() == after["conversations"].pop() == vera.pk
    assert after == before
    undone = Action.objects.latest("pk")
    assert (undone.kind, undone.data) == (
        "undone",
        {"action": action.pk, "kind": "contacts-merged"},
    )
    assert actions.unmerge_contacts(action, by=alice) == otto  # Once more, nothing.
    assert everyone()["contacts"] == before["contacts"]


def test_what_became_of_an_address_since_stays(mailboxes, alice):
    otto = a_contact("Otto", "otto@customer.example", by=alice)
    vera = a_contact(by=alice)
    actions.add_contact_address(vera, "holm@home.example", by=alice)
    action = actions.merge_contacts(otto, vera, by=alice)
    actions.rename_contact(otto, "Both", by=alice)
    actions.remove_contact_address(otto.addresses.get(address=VERA), by=alice)

    actions.unmerge_contacts(action, by=alice)

    assert (
        Contact.objects.get(pk=vera.pk).addresses.get().address == "holm@home.example"
    )
    assert Contact.objects.get(pk=otto.pk).name == "Both"


def test_a_merge_of_which_nothing_is_left_is_not_undone(mailboxes, alice):
    otto = a_contact("Otto", "otto@customer.example", by=alice)
    action = actions.merge_contacts(otto, a_contact(by=alice), by=alice)
    actions.remove_contact_address(otto.addresses.get(address=VERA), by=alice)

    with pytest.raises(ValidationError, match="changed it again"):
        actions.unmerge_contacts(action, by=alice)


def test_nobody_undoes_the_merge_of_another(mailboxes, alice, bob):
    action = actions.merge_contacts(
        a_contact("Otto", "otto@customer.example", by=alice),
        a_contact(by=alice),
        by=alice,
    )

    with pytest.raises(PermissionDenied):
        actions.unmerge_contacts(action, by=bob)


def test_after_a_day_the_journal_knows_no_names_and_a_merge_stays(mailboxes, alice):
    otto = a_contact("Otto", "otto@customer.example", by=alice)
    action = actions.merge_contacts(otto, a_contact(by=alice), by=alice)
    remove_old_merges()
    action.refresh_from_db()
    assert "before" in action.data
    Action.objects.filter(pk=action.pk).update(at=timezone.now() - timedelta(days=2))

    remove_old_merges()

    action.refresh_from_db()
    assert "Vera" not in str(action.data)
    with pytest.raises(ValidationError, match="can't be undone"):
        actions.unmerge_contacts(action, by=alice)


def test_nobody_is_merged_with_themselves(mailboxes, alice):
    vera = a_contact(by=alice)

    with pytest.raises(ValidationError):
        actions.merge_contacts(vera, vera, by=alice)


def test_a_removed_contact_is_merely_seen(mailboxes, alice, bob):
    [vera] = written(f"Vera <{VERA}>")
    actions.keep_contact(vera, by=alice)

    actions.forget_contact(vera, by=alice)

    vera.refresh_from_db()
    assert (vera.is_added, vera.added_by_name) == (False, "")
    assert seen_by(alice) == {vera}
    assert seen_by(bob) == set()
    assert offered("vera", bob) == []


def test_a_new_name_is_found_and_the_old_one_is_not(mailboxes, alice):
    vera = a_contact("Vera Holm", "someone@customer.example", by=alice)

    actions.rename_contact(vera, "Nora  Berg", by=alice)

    vera.refresh_from_db()
    assert (vera.name, vera.sort_key) == ("Nora Berg", "nora berg")
    assert offered("nora", alice)
    assert not offered("vera", alice)


def test_who_answers_no_mail_changes_no_contact(mailboxes, alice, carol):
    vera = a_contact(by=alice)
    a_mailbox("reading@example.com", readers=[carol])
    address = vera.addresses.get()

    for change in (
        lambda: a_contact("X", "x@customer.example", by=carol),
        lambda: actions.keep_contact(vera, by=carol),
        lambda: actions.forget_contact(vera, by=carol),
        lambda: actions.rename_contact(vera, "X", by=carol),
        lambda: actions.add_contact_address(vera, "x@customer.example", by=carol),
        lambda: actions.remove_contact_address(address, by=carol),
        lambda: actions.merge_contacts(vera, vera, by=carol),
    ):
        with pytest.raises(PermissionDenied):
            change()

    assert list(Contact.objects.values_list("name", "origin")) == [
        ("Vera Holm", "added")
    ]
