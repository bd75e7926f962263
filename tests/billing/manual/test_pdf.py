"""Invoices as PDF: the same bytes each time, in any script that the font has."""

import io
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from pypdf import PdfReader

from tests.billing.manual.conftest import NOVEMBER, TERMS, month
from wagtail_ecp.billing import actions, pdf
from wagtail_ecp.billing.document import document
from wagtail_ecp.billing.models import BillingDetails
from wagtail_ecp.billing.terms import FONT, terms
from wagtail_ecp.exceptions import BillingError, ConfigurationError

pytestmark = pytest.mark.django_db

GREEK, CYRILLIC = "Παπαδόπουλος ΑΕ", "Общество «Ёлка»"


@pytest.fixture
def invoice(account):
    BillingDetails.objects.create(
        account=account,
        company=GREEK,
        address=f"{CYRILLIC}\nŁódź <b>&amp; 5 < 6",
        vat_id="GR123",
    )
    [issued] = actions.issue_invoices(month(2026, 9), now=NOVEMBER)
    return issued


def made(invoice):
    return pdf.pdf(document(invoice), terms())


def read(data):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def test_names_in_any_alphabet_can_be_read(invoice):
    text = read(made(invoice))

    for words in (GREEK, CYRILLIC, "Łódź <b>&amp; 5 < 6", "Müller & Söhne"):
        assert words in text


def test_all_that_an_invoice_needs_stands_on_it(invoice):
    text = read(made(invoice)).replace("\N{NO-BREAK SPACE}", " ")

    for words in (
        "Invoice 1",
        "Nov. 10, 2026",
        "America/Los_Angeles",
        "DE123456789",
        "GR123",
        "Standard, September 2026",
        "20.00 EUR",
        "19 %",
        "3.80 EUR",
        "23.80 EUR",
        "By transfer to DE00 0000, within 14 days.",
    ):
        assert words in text


def test_the_reader_s_language_writes_dates_and_money(invoice):
    with translation.override("de"):
        text = read(made(invoice)).replace("\N{NO-BREAK SPACE}", " ")

    assert "10. November 2026" in text
    assert "23,80 EUR" in text


def test_the_same_invoice_gives_the_same_bytes(invoice):
    first = made(invoice)
    made(actions.credit(invoice))

    assert made(invoice) == first


def test_a_credit_note_names_its_invoice(invoice):
    text = read(made(actions.credit(invoice, reason="Wrong address.")))

    assert "Credit note 2" in text
    assert "Wrong address." in text
    assert "-23.80" in text


def test_the_font_is_embedded(invoice):
    page: Any = PdfReader(io.BytesIO(made(invoice))).pages[0]

    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    embedded = [font for font in fonts if "+DejaVuSans" in font["/BaseFont"]]
    assert embedded
    assert all("/FontFile2" in font["/FontDescriptor"] for font in embedded)


def test_a_site_may_have_another_font(invoice, set_up, tmp_path):
    copy = tmp_path / "another.ttf"
    copy.write_bytes(FONT.read_bytes())
    set_up(BILLING={**TERMS, "font": str(copy)})

    assert GREEK in read(made(invoice))


def test_a_font_that_is_none_is_said(invoice, set_up, tmp_path):
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    set_up(BILLING={**TERMS, "font": broken})

    with pytest.raises(BillingError, match=r"broken\.ttf"):
        made(invoice)


def test_a_font_that_is_missing_is_said(set_up):
    set_up(BILLING={"font": "/nowhere.ttf"})

    with pytest.raises(ConfigurationError, match="nowhere"):
        terms()


def test_without_the_extra_it_is_said_how_to_get_it(invoice, monkeypatch):
    monkeypatch.setattr(pdf, "find_spec", lambda _name: None)

    with pytest.raises(BillingError, match=r"wagtail-ecp\[pdf\]"):
        made(invoice)


def test_reportlab_comes_with_the_tests_and_the_font_with_its_licence():
    assert find_spec("reportlab")
    assert "Bitstream Vera" in (FONT.parent / "LICENSE.txt").read_text("utf-8")
    assert FONT.stat().st_size < 800_000


def test_long_texts_run_over_several_pages(invoice):
    words = document(invoice)
    words.notes.extend(["So many words. " * 400] * 3)

    assert len(PdfReader(io.BytesIO(pdf.pdf(words, terms()))).pages) > 1


def test_no_card_number_has_a_place_with_us():
    package = Path(pdf.__file__).parents[1]
    files = [
        *package.glob("templates/**/billing/*.html"),
        *package.glob("billing/**/*.py"),
        *package.glob("admin/billing.py"),
        *package.glob("migrations/*.py"),
    ]
    assert len(files) > 10
    for file in files:
        text = file.read_text("utf-8").casefold()
        for word in ("card_number", "cardnumber", "cc-number", "cvc", "cvv", "cc-csc"):
            assert word not in text, (file, word)
