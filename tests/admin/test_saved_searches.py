"""Searches under a name: made, shared, changed, run and deleted."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils.html import escape

from tests.builders import a_mailbox, a_user, an_email, receive_and_process
from wagtail_ecp.inbox.models import Conversation, ConversationTag, SavedSearch, Tag
from wagtail_ecp.inbox.search.indexing import index_waiting

pytestmark = pytest.mark.django_db

PARCEL = {"type": "words", "operator": "contains", "values": ["parcel"]}
VERA = {"type": "from", "operator": "in", "values": ["vera", "a, b"]}


@pytest.fixture
def alice():
    return a_user("alice")


@pytest.fixture
def bob():
    return a_user("bob")


@pytest.fixture
def mailbox(alice):
    return a_mailbox(repliers=[alice])


@pytest.fixture
def mine(client, alice, mailbox):
    client.force_login(alice)
    return client


def a_search(user, *rules, name="Parcels", is_shared=False):
    return SavedSearch.objects.create(
        user=user,
        user_name=user.get_username(),
        name=name,
        is_shared=is_shared,
        rules=list(rules) or [PARCEL],
    )


def url(name, saved=None):
    return reverse(f"wagtail_ecp:{name}", args=[saved.pk] if saved else [])


def receive(*mails, to="support@example.com"):
    receive_and_process(*mails, to=to)
    while index_waiting():
        pass


def rows(*rules):
    """Return the fields of a form with these rows."""
    data = {}
    for number, (kind, operator, values) in enumerate(rules):
        data |= {
            f"type-{number}": kind,
            f"operator-{number}": operator,
            f"values-{number}": values,
        }
    return data


def values_in(response):
    """Return the values of the rows of a form."""
    found = re.findall(r'name="values-\d+" value="([^"]*)"', response.content.decode())
    return [unescape(value) for value in found]


def test_a_search_is_kept_from_its_results(mine, alice):
    receive(an_email("Parcel"))
    page = mine.get(url("search"), {"q": 'parcel from:vera,"a, b"'})
    assert "Save search" in page.content.decode()

    form = mine.get(url("saved_search_new"), {"q": 'parcel from:vera,"a, b"'})
    assert 'value="vera, &quot;a, b&quot;"' in form.content.decode()
    posted = rows(("words", "contains", "parcel"), ("from", "in", 'vera, "a, b"'))
    response = mine.post(url("saved_search_new"), posted | {"name": "Vera's parcels"})

    saved = SavedSearch.objects.get()
    assert response.url == url("saved_search", saved)
    assert (saved.name, saved.user, saved.is_shared) == ("Vera's parcels", alice, False)
    assert saved.rules == [PARCEL, VERA]
    assert "Parcel" in mine.get(response.url).content.decode()


def test_a_search_is_kept_from_a_text(mine):
    data = {"name": "Late", "is_text": "yes", "text": "parcel older:2d -is:unread"}

    mine.post(url("saved_search_new"), data)

    assert [rule["type"] for rule in SavedSearch.objects.get().rules] == [
        "words",
        "message-date",
        "unread",
    ]


def test_form_and_text_are_two_views_of_the_same_rules(mine, alice):
    saved = a_search(alice, PARCEL, VERA)
    data = {"name": "New name", "is_shared": "on"}
    posted = rows(("words", "contains", "parcel"), ("from", "in", 'vera, "a, b"'))

    as_text = mine.post(url("saved_search_edit", saved), data | posted | {"to_text": 1})
    text = 'parcel from:vera,"a, b"'
    assert f"{escape(text)}</textarea>" in as_text.content.decode()
    assert 'value="New name"' in as_text.content.decode()
    assert "checked" in as_text.content.decode()

    given = {"is_text": "yes", "text": f"{text} is:unread", "to_rows": 1}
    as_rows = mine.post(url("saved_search_edit", saved), data | given)

    assert values_in(as_rows) == ["parcel", 'vera, "a, b"', ""]
    assert '<option value="unread" data-takes="true false" selected>' in (
        as_rows.content.decode()
    )
    saved.refresh_from_db()
    assert saved.name == "Parcels"  # Nothing was saved by looking.


def test_rows_are_added_and_removed_without_a_script(mine, alice):
    saved = a_search(alice, PARCEL, VERA)
    posted = rows(("words", "contains", "parcel"), ("from", "contains", "x"))

    more = mine.post(url("saved_search_edit", saved), posted | {"add": "yes"})
    fewer = mine.post(url("saved_search_edit", saved), posted | {"remove": "0"})

    assert values_in(more) == ["parcel", "x", ""]
    assert values_in(fewer) == ["x"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (("subject", "before", "x"), "This can&#x27;t be compared in this way."),
        (("subject", "equals", ""), "A value is missing"),
        (("message-date", "before", "soon"), "A day is written like"),
        (("message-date", "between", "2026-01-01"), "A value is missing"),
        (("folder", "equals", "attic"), "There is no such choice."),
        (("colour", "equals", "red"), "There is no such kind of rule"),
        (("words", "contains", "x" * 600), "This is too long."),
    ],
)
def test_a_rule_that_can_not_be_asked_is_told_and_stays(mine, alice, rule, said):
    saved = a_search(alice)

    response = mine.post(
        url("saved_search_edit", saved), rows(rule) | {"name": "Parcels"}
    )

    content = response.content.decode()
    assert said in content
    assert rule[2] in content
    saved.refresh_from_db()
    assert saved.rules == [PARCEL]


def test_what_a_text_says_wrong_is_told_and_stays(mine, alice):
    saved = a_search(alice)
    data = {"name": "Parcels", "is_text": "yes", "text": "parcel form:vera"}

    response = mine.post(url("saved_search_edit", saved), data)

    assert "form:vera</textarea>" in response.content.decode()
    assert "nothing like “form:vera”" in response.content.decode()
    saved.refresh_from_db()
    assert saved.rules == [PARCEL]


@pytest.mark.parametrize(
    "data",
    [
        {"name": "", **rows(("words", "contains", "a"))},
        {"name": "x" * 101, **rows(("words", "contains", "a"))},
        {"name": "No rules"},
        {"name": "\0", **rows(("words", "contains", "a"))},
        {"name": "Empty text", "is_text": "yes", "text": ""},
        {"remove": "x"},
        {"remove": "9" * 30},
        {"to_text": "1", **rows(("x", "y", "z"))},
    ],
)
def test_no_form_is_an_error_and_nothing_bad_is_kept(mine, data):
    response = mine.post(url("saved_search_new"), data)

    assert response.status_code == 200
    assert not SavedSearch.objects.exists()


def test_more_rules_than_can_be_asked_are_refused(mine):
    many = rows(*(("words", "contains", f"w{number}") for number in range(60)))

    response = mine.post(url("saved_search_new"), many | {"name": "Many"})

    assert response.status_code == 200
    assert not SavedSearch.objects.exists()


def test_whoever_opens_a_shared_search_finds_what_they_may_read(client, alice, bob):
    a_mailbox(repliers=[alice])
    a_mailbox("other@example.com", repliers=[bob])
    receive(an_email("Parcel of ours"))
    receive(an_email("Parcel of others"), to="other@example.com")
    saved = a_search(alice, is_shared=True)

    client.force_login(bob)
    content = client.get(url("saved_search", saved)).content.decode()

    assert "Parcel of others" in content
    assert "Parcel of ours" not in content


def test_assigned_to_me_means_whoever_looks(client, alice, bob):
    mailbox = a_mailbox(repliers=[alice, bob])
    receive(an_email("For alice"), an_email("For bob"))
    for user in (alice, bob):
        Conversation.objects.filter(subject=f"For {user}").update(assignee=user)
    rule = {"type": "user", "operator": "user-is-me", "values": []}
    saved = a_search(alice, rule, is_shared=True)

    client.force_login(bob)
    content = client.get(url("saved_search", saved)).content.decode()

    assert mailbox
    assert "For bob" in content
    assert "For alice" not in content


def test_a_private_search_is_nobody_elses(client, alice, bob):
    a_mailbox(repliers=[alice, bob])
    saved = a_search(alice)
    client.force_login(bob)

    for name in ("saved_search", "saved_search_edit", "saved_search_delete"):
        assert client.get(url(name, saved)).status_code == 404
        assert client.post(url(name, saved)).status_code in (404, 405)


def test_members_may_run_a_colleagues_search_and_not_change_it(client, alice, bob):
    a_mailbox(repliers=[alice, bob])
    saved = a_search(alice, is_shared=True)
    client.force_login(bob)

    page = client.get(url("saved_search", saved)).content.decode()
    refused = client.post(
        url("saved_search_edit", saved),
        {"name": "Bob's", **rows(("words", "contains", "x"))},
    )
    kept = client.post(url("saved_search_delete", saved))

    assert "Save as my own" in page
    assert "Edit search" not in page
    assert (refused.status_code, kept.status_code) == (403, 403)
    assert "Only alice or an administrator" in refused.content.decode()
    saved.refresh_from_db()
    assert saved.name == "Parcels"


def test_an_administrator_tidies_up_what_is_shared(client, alice):
    a_mailbox(repliers=[alice])
    shared, private = a_search(alice, is_shared=True), a_search(alice)
    client.force_login(a_user("admin", is_superuser=True))

    assert client.post(url("saved_search_delete", shared)).status_code == 302
    assert client.post(url("saved_search_delete", private)).status_code == 404
    assert list(SavedSearch.objects.all()) == [private]


def test_deleting_asks_first_and_leaves_the_mail(mine, alice):
    receive(an_email("Parcel"))
    saved = a_search(alice)

    asked = mine.get(url("saved_search_delete", saved)).content.decode()
    assert "Delete the search “Parcels”?" in asked
    assert SavedSearch.objects.exists()
    mine.post(url("saved_search_delete", saved))

    assert not SavedSearch.objects.exists()
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            {"type": "tag", "operator": "equals", "values": ["gone"]},
            "bears the tag “gone”",
        ),
        (
            {"type": "tag", "operator": "not-equals", "values": ["gone"]},
            "bears the tag “gone”",
        ),
        (
            {"type": "mailbox", "operator": "in", "values": ["gone@example.com"]},
            "has the address “gone@example.com”",
        ),
        (
            {"type": "user", "operator": "not-equals", "values": ["gone"]},
            "is called “gone”",
        ),
        (
            {"type": "creator", "operator": "equals", "values": ["gone"]},
            "is called “gone”",
        ),
        (
            {"type": "action", "operator": "equals", "values": ["gone"]},
            "no action “gone”",
        ),
        ({"type": "ticketed", "operator": "true", "values": []}, "no such kind"),
        ({"type": "subject", "operator": "sounds-like", "values": ["a"]}, "compared"),
        ({"type": "subject"}, "compared"),
        ("nonsense", "no such kind"),
    ],
)
def test_a_rule_that_speaks_of_what_is_gone_finds_nothing_and_says_so(
    mine, alice, rule, said
):
    receive(an_email("Parcel"))
    saved = a_search(alice, PARCEL, rule)

    content = mine.get(url("saved_search", saved)).content.decode()

    assert said in content
    assert "Nothing is found, because not all rules can be asked" in content
    assert f"/conversations/{Conversation.objects.get().pk}/" not in content
    # Nothing is lost: the rule is there to be changed.
    assert mine.get(url("saved_search_edit", saved)).status_code == 200
    saved.refresh_from_db()
    assert saved.rules[1] == rule


def test_what_others_have_is_as_good_as_gone(mine, alice, bob):
    other = a_mailbox("other@example.com", repliers=[bob])
    receive(an_email("Secret"), to=other.address)
    tag = Tag.objects.create(name="secret", key="secret")
    ConversationTag.objects.create(conversation=Conversation.objects.get(), tag=tag)

    for text, said in (
        ("tag:secret", "bears the tag “secret”"),
        ("mailbox:other@example.com", "has the address"),
        ("assignee:bob", "is called “bob”"),
    ):
        assert said in mine.get(url("search"), {"q": text}).content.decode()


def test_rules_that_are_no_list_are_no_error(mine, alice):
    saved = a_search(alice)
    SavedSearch.objects.update(rules={"not": "a list"})

    assert mine.get(url("saved_search", saved)).status_code == 200
    assert mine.get(url("saved_search_edit", saved)).status_code == 200


def test_a_searchs_name_is_escaped_wherever_it_stands(mine, alice):
    saved = a_search(alice, name="<b>Mine</b>", is_shared=True)

    for name in ("saved_search", "saved_search_edit", "saved_search_delete"):
        assert "<b>Mine" not in mine.get(url(name, saved)).content.decode()


def test_when_its_owner_leaves_a_shared_search_stays(client, alice, bob):
    a_mailbox(repliers=[alice, bob])
    saved = a_search(alice, is_shared=True)
    alice.delete()
    client.force_login(bob)

    assert client.get(url("saved_search", saved)).status_code == 200
    assert client.get(url("saved_search_edit", saved)).status_code == 403
