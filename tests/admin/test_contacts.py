"""The screens of contacts, and the answers while somebody addresses mail."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from tests.admin.queries import queries_of
from tests.builders import a_mailbox, an_email, grant, receive_and_process
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Mailbox

pytestmark = pytest.mark.django_db

VERA = "vera@customer.example"


def test_completion_answers_with_names_and_addresses(client, alice):
    a_mailbox(repliers=[alice])
    receive_and_process(an_email(sender=f"Vera Holm <{VERA}>"))
    client.force_login(alice)

    response = client.get(reverse("wagtail_ecp:complete_contacts"), {"q": "ver"})

    assert response["Content-Type"] == "application/json"
    assert response.json() == [{"name": "Vera Holm", "address": VERA}]
    assert "no-store" in response["Cache-Control"]


def test_completion_costs_the_same_for_one_and_for_many(client, alice):
    a_mailbox(repliers=[alice])
    client.force_login(alice)
    url = reverse("wagtail_ecp:complete_contacts") + "?q=a"
    actions.write_down_contact("Anna", "anna@customer.example", by=alice)
    few = queries_of(client, url)
    for number in range(20):
        actions.write_down_contact("", f"a{number}@customer.example", by=alice)

    assert len(queries_of(client, url)) == len(few) <= 8


@pytest.fixture
def vera(alice, bob):
    """A contact whom Alice added, and who wrote to Support; Bob is of Sales."""
    a_mailbox(repliers=[alice])
    a_mailbox("sales@example.com", readers=[bob])
    contact = actions.write_down_contact("Vera <i>Holm</i>", VERA, by=alice)
    receive_and_process(an_email("Parcel <b>", sender=VERA))
    return contact


def url_of(name, *numbers):
    return reverse(f"wagtail_ecp:{name}", args=numbers)


def words(soup):
    return soup.select_one(".ecp-page").get_text(" ", strip=True)


def test_the_list_shows_added_contacts_by_name_in_pages(browse, vera, alice):
    receive_and_process(an_email(sender="Seen <seen@customer.example>"))
    for number in range(60):
        actions.write_down_contact(
            f"Name {number:02}", f"n{number}@customer.example", by=alice
        )
    get = browse(alice)

    first = get(url_of("contacts"))
    rows = first.select(".ecp-contacts tbody tr")
    second = get(url_of("contacts") + first.select_one("a[rel=next]")["href"])

    assert len(rows) == 50
    assert rows[0].select_one("a").get_text() == "Name 00"
    names = [a.get_text() for a in second.select(".ecp-contacts tbody a")]
    assert names[0] == "Name 50"
    assert names[-1] == "Vera <i>Holm</i>"
    assert "Seen" not in words(first) + words(second)


def test_the_list_costs_the_same_for_many(client, vera, alice):
    client.force_login(alice)
    few = queries_of(client, url_of("contacts"))
    for number in range(20):
        actions.write_down_contact("", f"a{number}@customer.example", by=alice)

    assert len(queries_of(client, url_of("contacts"))) == len(few) <= 12


def test_a_search_finds_the_seen_whose_mail_one_may_read(browse, vera, alice, bob):
    receive_and_process(an_email(sender="Seen Person <seen@customer.example>"))

    found = browse(alice)(url_of("contacts"), q="per")
    for_bob = browse(bob)(url_of("contacts"), q="per")

    assert "Seen Person" in words(found)
    assert "merely seen" in words(found)
    assert "Nobody is called so." in words(for_bob)


def test_a_contact_shows_what_is_known_and_what_they_wrote(browse, vera, alice, bob):
    page = browse(alice)(url_of("contact", vera.pk))
    shown = words(page)
    for_bob = words(browse(bob)(url_of("contact", vera.pk)))

    assert "Vera <i>Holm</i>" in page.h1.text
    assert "added by alice" in shown
    assert VERA in shown
    assert "Parcel <b>" in shown
    assert "Parcel" not in for_bob
    assert "None that you may read." in for_bob
    assert "Change" not in for_bob


def test_the_question_whether_two_are_one_has_a_title_that_leads_somewhere(
    client, vera, alice
):
    actions.write_down_contact("Tom", "tom@customer.example", by=alice)
    client.force_login(alice)

    response = client.post(
        url_of("merge_contacts", vera.pk), {"address": "tom@customer.example"}
    )

    soup = BeautifulSoup(response.content, "html.parser")
    crumbs = [link["href"] for link in soup.select(".w-breadcrumbs li a")]
    assert "" not in crumbs
    assert all(client.get(url, follow=True).status_code == 200 for url in crumbs)


def test_a_contact_costs_the_same_with_many_conversations(client, vera, alice):
    client.force_login(alice)
    few = queries_of(client, url_of("contact", vera.pk))
    receive_and_process(*[an_email(f"No. {n}", sender=VERA) for n in range(30)])

    assert len(queries_of(client, url_of("contact", vera.pk))) == len(few) <= 15


def test_conversations_of_a_contact_come_in_pages(browse, vera, alice):
    receive_and_process(*[an_email(f"No. {n}", sender=VERA) for n in range(30)])
    get = browse(alice)

    first = get(url_of("contact", vera.pk))
    second = get(url_of("contact", vera.pk) + first.select_one("a[rel=next]")["href"])

    assert len(first.select(".ecp-conversed li")) == 25
    assert len(second.select(".ecp-conversed li")) == 6


def test_a_contact_is_added_by_hand(client, vera, alice):
    client.force_login(alice)
    data = {"name": "Otto", "address": "otto@customer.example"}

    response = client.post(url_of("add_by_hand"), data, follow=True)

    assert response.status_code == 200
    assert Contact.objects.get(name="Otto").is_added
    assert "Otto is a contact now" in response.content.decode()


@pytest.mark.parametrize("address", ["", "nonsense", VERA])
def test_a_bad_address_shows_the_form_again_with_what_was_typed(
    browse, client, vera, alice, address
):
    client.force_login(alice)

    response = client.post(
        url_of("add_by_hand"), {"name": "Otto <b>", "address": address}
    )

    assert response.status_code == 200
    assert 'value="Otto &lt;b&gt;"' in response.content.decode()
    assert "error-message" in response.content.decode()
    assert Contact.objects.count() == 1


def test_buttons_change_a_contact(client, vera, alice):
    client.force_login(alice)

    client.post(url_of("contact_name", vera.pk), {"name": "Vera Berg"})
    client.post(url_of("contact_address", vera.pk), {"address": "v@home.example"})
    vera.refresh_from_db()
    assert vera.name == "Vera Berg"
    assert vera.addresses.count() == 2

    home = vera.addresses.get(address="v@home.example")
    client.post(url_of("remove_contact_address", vera.pk, home.pk))
    client.post(url_of("forget_contact", vera.pk))
    vera.refresh_from_db()
    assert vera.addresses.count() == 1
    assert not vera.is_added

    client.post(url_of("keep_contact", vera.pk))
    vera.refresh_from_db()
    assert vera.is_added


def test_an_address_of_another_contact_is_refused_in_words(client, vera, alice):
    other = actions.write_down_contact("Otto", "otto@customer.example", by=alice)
    client.force_login(alice)

    response = client.post(
        url_of("contact_address", other.pk), {"address": VERA}, follow=True
    )

    assert "Make the two one contact instead" in response.content.decode()
    assert other.addresses.count() == 1


def test_a_merge_is_asked_for_and_confirmed(client, vera, alice):
    other = actions.write_down_contact("Otto", "otto@customer.example", by=alice)
    client.force_login(alice)
    data = {"address": " OTTO@customer.example "}

    asked = client.post(url_of("merge_contacts", vera.pk), data)
    assert "All addresses and all mail of Otto" in asked.content.decode()
    assert Contact.objects.count() == 2

    client.post(url_of("merge_contacts", vera.pk), data | {"confirmed": "1"})
    assert Contact.objects.get() == vera
    assert not Contact.objects.filter(pk=other.pk).exists()


def test_a_merge_is_undone_from_its_notice(client, browse, vera, alice):
    other = actions.write_down_contact("Otto", "otto@customer.example", by=alice)
    client.force_login(alice)
    data = {"address": "otto@customer.example", "confirmed": "1"}

    response = client.post(url_of("merge_contacts", vera.pk), data)
    undo = browse(alice)(response.url).select_one(".ecp-undo form")["action"]
    client.post(undo)

    assert Contact.objects.get(pk=other.pk).addresses.count() == 1
    assert vera.addresses.count() == 1


@pytest.mark.parametrize("address", ["", "x", "nobody@customer.example", VERA])
def test_nobody_else_means_no_merge(client, vera, alice, address):
    client.force_login(alice)

    response = client.post(
        url_of("merge_contacts", vera.pk),
        {"address": address, "confirmed": "1"},
        follow=True,
    )

    assert "address of no other contact" in response.content.decode()


def test_whom_one_may_not_see_is_no_merge_either(client, vera, alice, bob):
    grant(bob, Mailbox.objects.get(name="Sales"), "reply")
    receive_and_process(an_email(sender="Seen <seen@customer.example>"))
    client.force_login(bob)

    response = client.post(
        url_of("merge_contacts", vera.pk),
        {"address": "seen@customer.example", "confirmed": "1"},
        follow=True,
    )

    assert "address of no other contact" in response.content.decode()
    assert Contact.objects.count() == 2


def test_the_menu_leads_to_contacts(browse, vera, alice):
    assert url_of("contacts") in str(browse(alice)(url_of("contacts")))
