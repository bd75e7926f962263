"""What a mail quotes is folded on its page, in place and whole."""

import pytest
from django.urls import reverse

from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.admin.quoted_text import OPEN, folded
from wagtail_ecp.inbox.models import Message

pytestmark = pytest.mark.django_db

LETTER = """Thank you, it is here.
--\x20
Vera

On Mon, 2 Mar 2026 at 10:00, Support <support@example.com> wrote:
> It was sent <b>on</b> Monday,
> see https://parcels.example/1
"""


def test_the_quote_is_folded_and_the_rest_is_seen(browse, alice):
    a_mailbox(readers=[alice])
    receive_and_process(an_email(text=LETTER))
    number = Message.objects.get().conversation_id

    soup = browse(alice)(reverse("wagtail_ecp:conversation", args=[number]))

    text = soup.select_one(".ecp-text")
    quote = text.select_one("details.ecp-quote").extract()
    assert not quote.has_attr("open")
    assert quote.summary.text == "Quoted text"
    assert "> It was sent <b>on</b> Monday," in quote.text
    assert quote.select("a")[-1]["href"] == "https://parcels.example/1"
    assert text.select_one(".ecp-signature").text == "-- \nVera"
    assert text.text.startswith("Thank you, it is here.")


def test_a_short_quote_with_its_answer_below_is_open():
    html = folded("> Red or blue?\nBlue.\n> When?\n")

    assert html.count('<details class="ecp-quote" open>') == 1
    assert html.count('<details class="ecp-quote">') == 1


def test_a_long_quote_is_folded_wherever_it_stands():
    html = folded("> line\n" * (OPEN + 1) + "Agreed.\n")

    assert " open>" not in html


def test_a_text_without_quotes_is_as_it_was():
    assert folded("Hello <b>\n\nBye") == "Hello &lt;b&gt;\n\nBye"
