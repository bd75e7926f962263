"""Quotes are folded, never cut; what a sender wrote stays in sight."""

from __future__ import annotations

import time

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from wagtail_ecp.mail.html import sanitise
from wagtail_ecp.mail.quoting import Kind, split

LINES = st.sampled_from(
    [
        *("Hello", "", "> quoted", ">> twice", "-- ", "Sent from my iPhone", "Yes.\r"),
        *("On Mon, 1 Jan 2024 at 10:00, Jane <j@x.org> wrote:", "wrote:", "_" * 30),
        *("From: Jane <j@x.org>", "Sent: Monday", "To: us", "Subject: Re: x", "\x0c"),
        *("-----Original Message-----", "---------- Forwarded message ---------"),
    ]
)


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(LINES).map("\n".join)))
def test_no_character_is_lost(text):
    assert "".join(segment.text for segment in split(text)) == text


def kinds(text):
    """Return the kind and the stripped text of each piece."""
    return [(segment.kind.value, segment.text.strip()) for segment in split(text)]


@pytest.mark.parametrize(
    "introduction",
    [
        "On Mon, 1 Jan 2024 at 10:00, Jane Doe <j@x.org> wrote:",
        "On Mon, 1 Jan 2024 at 10:00, Jane Doe\n<j@x.org> wrote:",
        "Am Mo., 1. Jan. 2024 um 10:00 Uhr schrieb Jane <j@x.org>:",
        "Le lun. 1 janv. 2024 à 10:00, Jane <j@x.org> a écrit :",
        "El lun, 1 ene 2024 a las 10:00, Jane (<j@x.org>) escribió:",
        "Il giorno lun 1 gen 2024 alle ore 10:00 Jane <j@x.org> ha scritto:",
        "Op ma 1 jan 2024 om 10:00 schreef Jane <j@x.org>:",
        "Em seg., 1 de jan. de 2024 às 10:00, Jane <j@x.org> escreveu:",
        "Den mån 1 jan. 2024 kl 10:00 skrev Jane <j@x.org>:",
        "pon., 1 sty 2024 o 10:00 Jane <j@x.org> napisał(a):",
        "ma 1. tammik. 2024 klo 10.00 Jane (<j@x.org>) kirjoitti:",
        "2024年1月1日(月) 10:00 Jane <j@x.org>:",
        "пн, 1 янв. 2024 г. в 10:00, Jane <j@x.org>:",
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "From: Jane\nSent: Monday, 1 January 2024\nTo: us\nSubject: x",
        "Von: Jane\nGesendet: Montag, 1. Januar 2024\nAn: uns\nBetreff: x",
        "De : Jane\nEnvoyé : lundi\nÀ : nous\nObjet : x",
        "De: Jane\nEnviado: lunes\nPara: nosotros\nAsunto: x",
        "Da: Jane\nInviato: lunedì\nA: noi\nOggetto: x",
        "________________________________\nVan: Jane\nVerzonden: m\nAan: o\nOnderwerp: x",
        "От: Jane\nДата: понедельник\nКому: нам\nТема: x",
        "*From:* Jane <j@x.org>\n*Sent:* Monday",
    ],
)
def test_all_below_an_introduction_is_quoted(introduction):
    text = f"Thank you!\n\n{introduction}\n\nWhere is it?\nJane\n"

    assert kinds(text) == [
        ("own", "Thank you!"),
        ("quoted", f"{introduction}\n\nWhere is it?\nJane"),
    ]


def test_answers_between_quoted_lines_stay_where_they_are():
    text = "On 1 May 2024, Jane wrote:\n> One?\nYes.\n\n> Two?\n\nNo.\n> Three?\n"

    segments = split(text)

    assert kinds(text) == [
        ("quoted", "On 1 May 2024, Jane wrote:\n> One?"),
        ("own", "Yes."),
        ("quoted", "> Two?"),
        ("own", "No."),
        ("quoted", "> Three?"),
    ]
    assert [s.is_between for s in segments] == [True, False, True, False, False]


def test_signatures_are_marked_but_are_no_quotes():
    text = "Bye\n-- \nJane\nACME\n\nOn 1 May 2024, Bo wrote:\n> Hi\n"

    assert kinds(text) == [
        ("own", "Bye"),
        ("signature", "-- \nJane\nACME".strip()),
        ("quoted", "On 1 May 2024, Bo wrote:\n> Hi"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "> only\n> quoted\n",
        "-- \nonly a signature\n",
        "FYI\n\n---------- Forwarded message ---------\nFrom: Jane\nTo: us\n\nNews\n",
        "From: Jane <j@x.org>\nTo: us\nSubject: x\n\nThe mail itself\n",
        "On Monday we met. I wrote:\nnothing\n",
        "Here are the dates:\n2024-01-15 14:30\n15.01.2024 14:30\n",
        "I take parcels\nTo: the left\nand that is all\n",
        "",
    ],
)
def test_nothing_is_folded_that_is_not_a_quote_below_own_words(text):
    assert {segment.kind for segment in split(text)} <= {Kind.OWN}


@pytest.mark.parametrize(
    "text",
    [
        "On 1 May 2024 " * 200_000,
        "Hi\n" + "On 1 May 2024\n" * 100_000,
        "Hi\n" + "From: x\n" * 100_000,
        "Hi\n" + "-" * 1_000_000,
        "a\n> b\n" * 100_000,
    ],
)
def test_long_texts_take_no_longer_a_line(text):
    begun = time.process_time()

    split(text)

    assert time.process_time() - begun < 4


def folded(html):
    """Return what is folded in a mail's HTML, and what is left beside it."""
    soup = BeautifulSoup(
        sanitise(html, cid_urls={}, quote_label="Quote"), "html.parser"
    )
    quotes = soup.select("details.ecp-quote")
    texts = []
    for quote in quotes:
        quote.summary.extract()
        texts.append(quote.extract().get_text(" ", strip=True))
    return texts, soup.get_text(" ", strip=True)


@pytest.mark.parametrize(
    "quote",
    [
        "<div class='gmail_quote'>On … wrote:<blockquote>Old</blockquote></div>",
        "<div class='gmail_quote gmail_quote_container'><div>On … wrote: Old</div></div>",
        "<div class=moz-cite-prefix>On … wrote:</div><blockquote type=cite>Old</blockquote>",
        "<blockquote type='cite'><div>On … wrote: Old</div></blockquote>",
        "<div id='yahoo_quoted_1' class='yahoo_quoted'>On … wrote: Old</div>",
        "<div class='protonmail_quote'>On … wrote: Old</div>",
        "<div id=appendonsend></div><hr><div id=divRplyFwdMsg>On … wrote:</div><p>Old</p>",
        "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm'>"
        "On … wrote:</div></div><p>Old</p>",
        "<p><b>Von:</b> J<br><b>Gesendet:</b> M<br><b>An:</b> u</p><p>Old</p>",
        "<p>On 1 May 2024, Jane wrote:</p><blockquote>On … wrote: Old</blockquote>",
    ],
)
def test_quotes_of_mail_programs_are_folded(quote):
    texts, own = folded(f"<html><body><p>Thanks!</p>{quote}</body></html>")

    assert len(texts) == 1
    assert texts[0].endswith("Old")
    assert own.startswith("Thanks!")
    assert "Old" not in own


def test_answers_inside_of_a_program_s_quote_stay_in_sight():
    texts, own = folded(
        "<div class='gmail_quote'><div>On … wrote:</div>"
        "<blockquote class='gmail_quote'>One?</blockquote><p>Yes.</p>"
        "<blockquote class='gmail_quote'>Two?</blockquote></div><p>Hi</p>"
    )

    assert texts == ["One?", "Two?"]
    assert "Yes." in own


def test_an_answered_quote_is_open_and_the_last_is_not():
    html = sanitise(
        "<blockquote type=cite>One?</blockquote><p>Yes.</p>"
        "<blockquote type=cite>Two?</blockquote>",
        cid_urls={},
        quote_label="Quote",
    )

    assert html.count('<details class="ecp-quote" open>') == 1
    assert html.count('<details class="ecp-quote">') == 1


@pytest.mark.parametrize(
    "html",
    [
        "<blockquote type=cite>All that there is</blockquote>",
        "<p>FYI</p><div class=gmail_quote>---------- Forwarded message ---------<br>"
        "From: Jane</div>",
        "<p>A saying:</p><blockquote>Old</blockquote>",
        "<p>Hi</p><table><tr class=gmail_quote><td>Old</td></tr></table>",
    ],
)
def test_html_without_own_words_or_without_a_quote_is_shown_whole(html):
    assert folded(html)[0] == []


def test_a_mail_cannot_fold_by_itself():
    html = sanitise(
        "<p>Hi</p><details open class='ecp-quote'><summary>Quote</summary>Pay</details>"
        "<p class='ecp-whole' id='ecp-rest'>now</p>",
        cid_urls={},
        quote_label="Quote",
    )

    assert html == "<p>Hi</p>QuotePay<p>now</p>"


def test_folding_changes_nothing_else():
    html = (
        "<p title='a > b' style='color:red'>Hi &amp; bye <img alt='&lt;' src='cid:x'></p>"
        "<blockquote type='cite'>Old &nbsp; <br> text</blockquote>tail &lt;p&gt;"
    )

    plain = sanitise(html, cid_urls={"x": "/x"})
    quoted = sanitise(html, cid_urls={"x": "/x"}, quote_label="Q")

    begin = '<details class="ecp-quote" open><summary>Q</summary>'
    assert quoted.replace(begin, "").replace("</details>", "") == plain


@pytest.mark.parametrize(
    "html",
    [
        "<blockquote type=cite>" * 5_000,
        "<blockquote type=cite>x</blockquote>y" * 20_000,
        "<blockquote type=cite></blockquote>" * 50_000,
        "<p>a" + "<div class=gmail_quote><blockquote>a</blockquote>b" * 5_000,
        "<p>a" + "<div id=divRplyFwdMsg>b" * 5_000,
        "x" + "<p>From: x" * 20_000,
    ],
)
def test_hostile_html_takes_no_longer_a_tag(html):
    begun = time.process_time()

    sanitise(html, cid_urls={}, quote_label="Q")

    assert time.process_time() - begun < 4
