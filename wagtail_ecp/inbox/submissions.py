"""Takes in what visitors typed into forms of the site: it goes the way of all mail."""

import logging
import secrets
from datetime import timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import DatabaseError, transaction
from django.utils import timezone

from wagtail_ecp.exceptions import EmailCentreError
from wagtail_ecp.inbox.models import FormOrigin, IncomingMail, Mailbox
from wagtail_ecp.inbox.receiving import receive
from wagtail_ecp.journal.actions import record
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.mail.subjects import is_reply_subject
from wagtail_ecp.mail.submission import on_one_line, tidy, write_submission

logger = logging.getLogger(__name__)

#: Characters of one answer, and answers of one form.
LONGEST = 100_000
MOST = 200
#: Characters of one answer that stand beside the conversation.
SHOWN = 2_000
#: The same answers on the same page within this time are one submission, sent twice.
DOUBLE = timedelta(minutes=1)


class Filled(NamedTuple):
    """A form that a visitor filled in: the page, who they say they are, the answers."""

    page_number: int
    page_title: str
    page_url: str
    locale: str
    name: str
    address: str
    subject: str
    # Label and text, in the form's order; those that are no name, address or subject
    # are what the mail says.
    answers: list[tuple[str, str]]
    text: str


def hand_over(filled: Filled, *, to: str) -> IncomingMail | None:
    """Make mail to ``to`` of a form; None if it could not be, which is written down.

    Whoever calls has kept the answers already: nothing is lost either way, and the
    visitor is not bothered with it.
    """
    try:
        return take_in(filled, to=to)
    except (EmailCentreError, OSError, DatabaseError) as error:
        logger.exception(
            "what was submitted on page %s did not become mail", filled.page_number
        )
        record(
            Action.Kind.FORM_STRANDED,
            data={
                "page": filled.page_number,
                "title": filled.page_title[:255],
                "to": to[:320],
                "why": str(error)[:500] or type(error).__name__,
            },
        )
        return None


@transaction.atomic
def take_in(filled: Filled, *, to: str) -> IncomingMail:
    """Make mail of a form and receive it, with where it came from.

    What was submitted twice within a minute is taken in once. Errors are those of
    ``receive``; nothing has been kept then.
    """
    fields = [[_cut(label, 255), _cut(text, SHOWN)] for label, text in filled.answers]
    fields = fields[:MOST]
    known = _submitted_just_now(filled.page_number, fields, to=to)
    if known is not None:
        return known
    address = _checked(filled.address)
    raw = write_submission(
        sender=Address(filled.name, address),
        to=to,
        subject=_subject(filled),
        text=_cut(filled.text, LONGEST * 2),
        message_id=f"form-{secrets.token_hex(16)}@{to.rpartition('@')[2]}",
        date=timezone.now(),
    )
    [incoming] = receive(
        raw, recipients=[to], envelope_from=address, way=IncomingMail.Way.FORM
    )
    FormOrigin.objects.create(
        incoming=incoming,
        page_number=filled.page_number,
        page_title=filled.page_title[:255],
        page_url=filled.page_url,
        locale=filled.locale[:100],
        fields=fields,
    )
    return incoming


def _submitted_just_now(
    page_number: int, fields: list[list[str]], *, to: str
) -> IncomingMail | None:
    mailbox = Mailbox.objects.with_address(to)
    if mailbox is None:
        return None  # Receiving says what is wrong.
    # Two clicks may come at the same time: the second waits here for the first.
    Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    recent = FormOrigin.objects.filter(
        page_number=page_number,
        incoming__mailbox=mailbox,
        incoming__received_at__gt=timezone.now() - DOUBLE,
    )
    same = (row for row in recent.select_related("incoming") if row.fields == fields)
    found = next(same, None)
    return found.incoming if found else None


def _subject(filled: Filled) -> str:
    """Return a subject that answers nothing: a typed address joins no conversation."""
    subject = on_one_line(filled.subject)
    if subject and not is_reply_subject(subject):
        return subject
    return f"{filled.page_title}: {subject}" if subject else filled.page_title


def _cut(text: str, length: int) -> str:
    text = tidy(text)
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _checked(address: str) -> str:
    """Return the address if it is one; what is none is kept among the answers alone."""
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address
