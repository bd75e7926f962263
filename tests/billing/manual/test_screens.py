"""The Billing screen and what leads from it, as the owner sees them."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from tests.admin.queries import queries_of
from tests.billing.manual.conftest import LEVELS, NOVEMBER, TERMS
from tests.builders import a_mailbox, a_user, grant
from wagtail_ecp.accounts.logins import LOGGED_IN_AT
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing import actions, pdf
from wagtail_ecp.billing.models import BillingDetails, Invoice
from wagtail_ecp.billing.provider import Card
from wagtail_ecp.exceptions import BillingError
from wagtail_ecp.inbox.models import Mailbox
from wagtail_ecp.journal.models import Action

pytestmark = pytest.mark.django_db

BILLING = "/admin/mail/billing/"


class CardProvider:
    """A provider with a card, as the screens see it."""

    takes_webhooks = True
    level_url: str | None = None
    fails = False

    def __init__(self, account):
        self.account = account

    how_to_pay = ""

    def card(self):
        if self.fails:
            raise BillingError("The card service is away.")
        return Card(brand="Visa", last4="4242", expires="08/28")

    def change_card(self, *, return_url):
        return f"https://cards.example/?back={return_url}"

    def change_level(self, level, *, return_url):
        if self.fails:
            raise BillingError("The card was declined.")
        return self.level_url

    def invoices(self):
        if self.fails:
            raise BillingError("The invoice service is away.")
        return []

    def catch_up(self):
        if self.fails:
            raise BillingError("The card service is away.")


@pytest.fixture
def with_card(set_up, monkeypatch):
    set_up(BILLING_PROVIDER=f"{__name__}.CardProvider")
    return monkeypatch


@pytest.fixture
def owner(client, account):
    client.force_login(account.owner)
    return client


def soup(response):
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def words(found):
    return " ".join(found.get_text(" ").split())


def level_url(key):
    return reverse("wagtail_ecp:change_level", args=[key])


def level():
    return Account.objects.get().service_level


def said(response):
    return words(soup(response).select_one(".messages"))


def attempts():
    rows = Action.objects.filter(kind=Action.Kind.ATTEMPT_REFUSED).order_by("pk")
    return [row.data["attempt"] for row in rows]


def issue():
    return actions.issue_invoices(now=NOVEMBER)


def age_log_in(client):
    session = client.session
    session[LOGGED_IN_AT] = timezone.now().timestamp() - 3600
    session.save()


def test_levels_stand_side_by_side_with_the_current_one_marked(owner):
    actions.note_level()

    page = soup(owner.get(BILLING))

    assert "Standard , since August 2026." in words(page)
    cards = page.select(".ecp-level")
    assert [card.h3.text for card in cards] == ["Free", "Standard", "Premium"]
    assert "Your level" in words(cards[1])
    assert "20.00\xa0EUR a month" in cards[1].text
    assert "3 mailboxes 5 members" in words(cards[1])
    assert "Not included: SSL enforced" in words(cards[0])
    assert [card.a and card.a["href"] for card in cards] == [
        level_url("free"),
        None,
        level_url("premium"),
    ]


def test_how_to_pay_and_no_card_stand_there(owner):
    text = words(soup(owner.get(BILLING)))

    assert TERMS["how_to_pay"] in text
    assert "Switch to a different card" not in text
    assert "There are no invoices yet." in text


def test_one_level_that_is_free_leaves_little_to_show(owner, set_up):
    set_up(SERVICE_LEVELS={}, BILLING={})

    page = soup(owner.get(BILLING))

    assert [h.text for h in page.select(".ecp-page h2")] == [
        "Service level",
        "Account owner",
    ]
    assert page.select(".ecp-level a") == []
    assert "any number of mailboxes" in words(page)


def test_invoices_are_listed_newest_first_with_their_pages(owner):
    first, _second, third = issue()
    actions.mark_paid(first, on=first.issued_on)

    rows = soup(owner.get(BILLING)).select(".ecp-invoices tbody tr")

    assert [words(row.th) for row in rows] == ["2026-10", "2026-09", "2026-08"]
    assert "№ 3 Nov. 10, 2026 23.80 EUR open View 3 PDF 3" in words(rows[0])
    assert "paid" in words(rows[2])
    links = [link["href"] for link in rows[0].select("a")]
    assert links == [
        reverse("wagtail_ecp:invoice", args=[third.number]),
        reverse("wagtail_ecp:invoice_pdf", args=[third.number]),
    ]
    for link in links:
        assert owner.get(link).status_code == 200


def test_the_list_costs_the_same_however_long_it_is(owner):
    one = len(queries_of(owner, BILLING))
    issue()

    assert len(queries_of(owner, BILLING)) == one
    assert one <= 20


def test_nobody_but_the_owner_sees_or_does_anything(client, account):
    [invoice, *_others] = issue()
    boss = a_user("boss", is_superuser=True)
    client.force_login(boss)
    pages = {
        BILLING: "",
        reverse("wagtail_ecp:invoice", args=[invoice.number]): "",
        reverse("wagtail_ecp:invoice_pdf", args=[invoice.number]): "",
        level_url("premium"): "change of the service level",
        reverse("wagtail_ecp:change_card"): "change of the payment card",
        reverse("wagtail_ecp:billing_details"): "change of the billing details",
    }

    for page, attempt in pages.items():
        assert client.get(page).url == reverse("wagtailadmin_home")
        if attempt:
            response = client.post(page, {"was": "standard", "company": "Mine"})
            assert response.url == reverse("wagtailadmin_home")

    assert attempts() == [attempt for attempt in pages.values() if attempt]
    assert level() == "standard"
    assert BillingDetails.objects.count() == 0


def test_what_is_gained_is_named_before(owner):
    text = words(soup(owner.get(level_url("premium"))))

    assert "Change from Standard to Premium?" in text
    assert "The price becomes 50.00 EUR a month; it was 20.00 EUR a month." in text
    assert "What you lose" not in text
    for gain in (
        "any number of mailboxes instead of 3 mailboxes",
        "any number of members instead of 5 members",
    ):
        assert gain in text


def test_what_is_lost_is_named_before(owner):
    page = soup(owner.get(level_url("free")))

    lost = [words(row) for row in page.select(".ecp-changes--lost li")]
    assert lost == [
        "SSL enforced for all e-mail transmissions",
        "1 mailbox instead of 3 mailboxes",
    ]
    gained = [words(row) for row in page.select("ul.ecp-changes:not([class*=lost]) li")]
    assert gained == ["any number of members instead of 5 members"]
    assert "serious" in page.select_one(".ecp-narrow button")["class"]


def test_a_confirmed_change_holds(owner):
    response = owner.post(level_url("premium"), {"was": "standard"}, follow=True)

    assert "The service level is Premium now." in said(response)
    assert level() == "premium"
    (change,) = Action.objects.filter(kind=Action.Kind.SETTING_CHANGED)
    assert change.data["changes"] == {"service_level": ["standard", "premium"]}


@pytest.mark.parametrize(
    ("key", "was", "reason"),
    [
        ("gold", "standard", "There is no such service level."),
        ("premium", "free", "was changed to “Standard” meanwhile"),
        ("premium", "", "was changed to “Standard” meanwhile"),
        ("standard", "standard", "is the level that you have"),
    ],
)
def test_a_change_without_sense_is_refused(owner, key, was, reason):
    response = owner.post(level_url(key), {"was": was}, follow=True)

    assert reason in said(response)
    assert "Nothing has changed." in said(response)
    assert level() == "standard"


def test_a_level_that_is_too_small_is_refused_with_the_list(owner, alice):
    mailbox = a_mailbox(readers=[alice])
    a_mailbox("sales@example.com")

    for response in (
        owner.get(level_url("free"), follow=True),
        owner.post(level_url("free"), {"was": "standard"}, follow=True),
    ):
        assert "Active mailboxes: 2 in use, 1 allowed" in said(response)
    assert level() == "standard"

    Mailbox.objects.filter(pk=mailbox.pk).update(is_active=False)
    owner.post(level_url("free"), {"was": "standard"})
    assert level() == "free"


def test_who_is_over_a_limit_by_group_edits_is_shown(owner, set_up, alice, bob):
    mailbox = a_mailbox(readers=[alice])
    grant(bob, mailbox, "read")
    few = {**LEVELS["standard"], "limits": {"members": 1}}
    set_up(SERVICE_LEVELS={**LEVELS, "standard": few})

    page = soup(owner.get(BILLING))

    assert "Members: 2 in use, 1 allowed. Nobody is cut off" in words(
        page.select_one(".help-warning")
    )


def test_an_old_log_in_has_to_give_the_password(owner):
    age_log_in(owner)

    page = soup(owner.post(level_url("premium"), {"was": "standard"}))
    assert "Give your password to confirm this." in words(page)
    assert level() == "standard"

    owner.post(level_url("premium"), {"was": "standard", "password": "pw"})
    assert level() == "premium"


def test_who_is_no_longer_the_owner_changes_nothing(owner, bob):
    Account.objects.update(owner=bob)

    owner.post(level_url("premium"), {"was": "standard"})

    assert level() == "standard"
    assert attempts() == ["change of the service level"]


def test_details_stand_on_the_next_invoice(owner):
    url = reverse("wagtail_ecp:billing_details")
    seen = soup(owner.get(url)).select_one("[name=seen]")["value"]
    data = {
        "seen": seen,
        "company": "Alder & Finch",
        "address": "1 High Street\nLeeds",
        "country": "GB",
        "vat_id": "gb 123 456",
    }

    response = owner.post(url, data, follow=True)

    assert "The next invoices will be made out like this." in said(response)
    assert "Alder & Finch 1 High Street Leeds GB VAT number: GB123456" in words(
        soup(response)
    )
    assert issue()[0].buyer["name"] == "Alder & Finch"
    (change,) = Action.objects.filter(kind=Action.Kind.SETTING_CHANGED)
    assert change.data["changes"]["company"] == ["", "Alder & Finch"]


def test_old_details_do_not_overwrite_new_ones(owner):
    url = reverse("wagtail_ecp:billing_details")
    owner.post(url, {"seen": 0, "company": "One"})

    response = owner.post(url, {"seen": 0, "company": "Two"}, follow=True)

    assert "changed meanwhile" in said(response)
    assert BillingDetails.objects.get().company == "One"


def test_a_country_has_two_letters(owner):
    url = reverse("wagtail_ecp:billing_details")

    page = soup(owner.post(url, {"seen": 0, "country": "GBR"}))

    assert "at most 2 characters" in words(page)
    assert BillingDetails.objects.count() == 0


def test_an_invoice_shows_all_and_how_it_stands(owner):
    [invoice, *_others] = issue()
    actions.credit(invoice, reason="Wrong address.")

    page = soup(owner.get(reverse("wagtail_ecp:invoice", args=[invoice.number])))

    text = words(page.select_one(".ecp-page"))
    for part in ("credited", "Credit note 4", "Müller & Söhne", "America/Los_Angeles"):
        assert part in text
    seller = page.select_one(".ecp-party--seller")
    assert list(seller.stripped_strings)[1:3] == ["Lange Straße 1", "10115 Berlin"]
    note = soup(owner.get(reverse("wagtail_ecp:invoice", args=[4])))
    assert "Wrong address." in words(note)
    assert "Credits invoice 1" in words(note)


def test_an_invoice_costs_few_queries(owner):
    [invoice, *_others] = issue()

    url = reverse("wagtail_ecp:invoice", args=[invoice.number])

    assert len(queries_of(owner, url)) <= 12


def test_an_invoice_that_is_not_there_is_not_found(owner):
    assert owner.get(reverse("wagtail_ecp:invoice", args=[7])).status_code == 404


def test_a_pdf_comes_as_a_file(owner):
    issue()

    response = owner.get(reverse("wagtail_ecp:invoice_pdf", args=[1]))

    assert response.content.startswith(b"%PDF-")
    assert response["Content-Type"] == "application/pdf"
    assert 'filename="Invoice 1.pdf"' in response["Content-Disposition"]


def test_a_font_that_can_t_be_used_is_said_on_the_page(owner, set_up, tmp_path):
    issue()
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    set_up(BILLING={**TERMS, "font": broken})

    response = owner.get(reverse("wagtail_ecp:invoice_pdf", args=[1]), follow=True)

    assert "broken.ttf can't be used" in said(response)


def test_without_the_extra_there_is_no_link_and_the_page_says_how(owner, monkeypatch):
    issue()
    monkeypatch.setattr(pdf, "find_spec", lambda _name: None)

    for url in (BILLING, reverse("wagtail_ecp:invoice", args=[1])):
        page = soup(owner.get(url))
        assert 'pip install "wagtail-ecp[pdf]"' in words(page)
        assert page.select("a[href$='/pdf/']") == []
    url = reverse("wagtail_ecp:invoice_pdf", args=[1])
    assert owner.get(url).status_code == 404


def test_a_card_is_shown_by_its_last_digits_and_can_be_changed(owner, with_card):
    page = soup(owner.get(BILLING))
    assert "Visa ending 4242, expires 08/28" in words(page)
    form = page.select_one(f"form[action='{reverse('wagtail_ecp:change_card')}']")

    response = owner.post(form["action"])

    assert (
        response.url == f"https://cards.example/?back=http://testserver{BILLING}?back=1"
    )


def test_an_old_log_in_gives_the_password_before_the_card_too(owner, with_card):
    url = reverse("wagtail_ecp:change_card")
    age_log_in(owner)

    assert "Your password" in words(soup(owner.post(url)))
    response = owner.post(url, {"password": "pw"})
    assert response.url.startswith("https://cards.example/")


def test_where_there_is_no_card_there_is_none_to_change(owner):
    response = owner.post(reverse("wagtail_ecp:change_card"), follow=True)

    assert "There is no card to change." in said(response)


def test_a_provider_may_ask_for_confirmation_elsewhere(owner, with_card):
    with_card.setattr(CardProvider, "level_url", "https://cards.example/pay")

    response = owner.post(level_url("premium"), {"was": "standard"})

    assert response.url == "https://cards.example/pay"
    assert level() == "standard"


def test_a_provider_that_fails_is_shown_with_its_words(owner, with_card):
    with_card.setattr(CardProvider, "fails", True)

    text = words(soup(owner.get(BILLING)))
    response = owner.post(level_url("premium"), {"was": "standard"}, follow=True)

    assert "The card service is away." in text
    assert "The invoice service is away." in text
    assert "The card was declined. Nothing has changed." in said(response)
    assert level() == "standard"


def test_one_mailbox_too_many_is_refused_in_words(owner):
    Account.objects.update(service_level="free", use_ssl=False)
    mailbox = a_mailbox()
    url = reverse("ecp_mailboxes:add")
    data = {"name": "Sales", "address": "sales@example.com", "is_active": "on"}

    page = soup(owner.post(url, data))
    assert "The service level “Free” allows no more. Active mailboxes: 1." in words(
        page
    )

    owner.post(url, {**data, "is_active": ""})
    sales = Mailbox.objects.get(address="sales@example.com")
    edit = reverse("ecp_mailboxes:edit", args=[sales.pk])
    assert "allows no more" in words(soup(owner.post(edit, data)))

    renamed = {"name": "Help", "address": mailbox.address, "is_active": "on"}
    owner.post(reverse("ecp_mailboxes:edit", args=[mailbox.pk]), renamed)
    assert Mailbox.objects.get(pk=mailbox.pk).name == "Help"


def test_an_installation_without_account_leads_nobody_to_billing(client, db):
    client.force_login(a_user("boss", is_superuser=True))

    assert client.get(BILLING).url == reverse("wagtailadmin_home")
    assert Invoice.objects.count() == 0
