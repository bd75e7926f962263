"""Mail from the e-mail centre to its own people, through the site's back end.

A letter is a row before it is a mail, so that it outlives a queue that is down. One
that may have been sent is sent again: a notice that comes twice does no harm.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import timezone, translation

from wagtail_ecp import signals
from wagtail_ecp.accounts import members, zones
from wagtail_ecp.accounts.installation import ensure_transport_open
from wagtail_ecp.accounts.models import Account, Letter
from wagtail_ecp.mail.addresses import parse_addresses
from wagtail_ecp.mail.sending import site
from wagtail_ecp.mail.sending.errors import DeliveryError, PermanentDeliveryError

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)

#: Nobody else tries meanwhile; also the pause before the next try.
PAUSE = timedelta(minutes=10)
TRIES = 50  # some eight hours


def write_to(
    users: "Iterable[User]", *, template: str, context: Mapping[str, Any]
) -> None:
    """Write to each of ``users`` who has an address, in their language and time zone.

    ``template`` names ``emails/<template>_subject.txt``, ``_body.txt`` and
    ``_body.html``. Belongs into the transaction of what it tells of.
    """
    for user in users:
        address = members.address_of(user)
        if address:
            _write(user, address, template=template, context=context)


def _write(
    user: "User", address: str, *, template: str, context: Mapping[str, Any]
) -> None:
    profile = getattr(user, "wagtail_userprofile", None)
    language = getattr(profile, "preferred_language", "") or settings.LANGUAGE_CODE
    zone = zones.zone_for(user, of_account=Account.objects.current().time_zone)
    known = {
        "user": user,
        "base_url": getattr(settings, "WAGTAILADMIN_BASE_URL", ""),
        **context,
    }
    with translation.override(language), timezone.override(zone):
        parts = {
            part: render_to_string(f"wagtail_ecp/emails/{template}_{part}", known)
            for part in ("subject.txt", "body.txt", "body.html")
        }
    letter = Letter.objects.create(
        user=user,
        address=address,
        subject=" ".join(parts["subject.txt"].split())[:255],
        text=parts["body.txt"],
        html=parts["body.html"],
    )
    announce = partial(signals.letter_written.send, Letter, letter=letter)
    transaction.on_commit(announce)


def send(letter_id: int) -> None:
    """Send a letter that is due; TransportPausedError while nothing may be sent."""
    account = Account.objects.select_related("installation").first()
    ensure_transport_open(account)
    claimed = Letter.objects.due().filter(pk=letter_id)
    if not claimed.update(next_try_at=Now() + PAUSE, attempts=F("attempts") + 1):
        return
    letter = Letter.objects.get(pk=letter_id)
    try:
        _deliver(letter, requires_tls=account is not None and account.requires_ssl)
    except DeliveryError as error:
        logger.warning("letter %s could not be sent: %s", letter_id, error)
        is_over = isinstance(error, PermanentDeliveryError) or letter.attempts >= TRIES
        state = Letter.State.FAILED if is_over else Letter.State.QUEUED
        Letter.objects.filter(pk=letter_id).update(state=state, error=str(error))
        return
    Letter.objects.filter(pk=letter_id).update(
        state=Letter.State.SENT, sent_at=Now(), error=""
    )


def _deliver(letter: Letter, *, requires_tls: bool) -> None:
    mail = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        to=[letter.address],
        headers={"Auto-Submitted": "auto-generated"},  # RFC 3834: no answers, please.
    )
    mail.attach_alternative(letter.html, "text/html")
    senders = parse_addresses(settings.DEFAULT_FROM_EMAIL)
    site.deliver_through_site(
        requires_tls=requires_tls,
        envelope_from=senders[0].address if senders else "",
        recipients=[letter.address],
        data=b"\r\n".join(mail.message().as_bytes().splitlines()),
        before_data=lambda: None,
    )
