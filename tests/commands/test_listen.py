"""The listener as mail servers meet it."""

import smtplib

import pytest

from tests.builders import SUPPORT, a_mailbox, an_email
from tests.end_to_end.conftest import listener  # noqa: F401 - a fixture
from wagtail_ecp.accounts.models import Installation
from wagtail_ecp.inbox.models import IncomingMail, Mailbox

pytestmark = [pytest.mark.redis, pytest.mark.slow]


@pytest.fixture
def smtp(listener):  # noqa: F811
    with smtplib.SMTP("127.0.0.1", listener) as connection:
        yield connection


def code_for(smtp, recipient=SUPPORT):
    smtp.ehlo()
    smtp.mail("vera@customer.example")
    code, _words = smtp.rcpt(recipient)
    smtp.rset()
    return code


def test_what_a_sender_is_told_is_what_happens_to_the_mail(smtp):
    assert code_for(smtp) == 451  # No account yet: try again later.

    a_mailbox()
    assert code_for(smtp) == 250
    assert code_for(smtp, "nobody@example.com") == 550

    Installation.objects.update(pause=Installation.Pause.IS_A_COPY)
    assert code_for(smtp) == 451
    Installation.objects.update(pause="")

    Mailbox.objects.update(is_active=False)
    assert code_for(smtp) == 550
    Mailbox.objects.update(is_active=True)

    smtp.sendmail("vera@customer.example", [SUPPORT], an_email())

    row = IncomingMail.objects.get()
    assert (row.way, row.envelope_to) == ("smtp", SUPPORT)
