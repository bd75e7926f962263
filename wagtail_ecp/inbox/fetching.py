"""Visits a source: every mail and the cursor behind it are committed together."""

import logging
from datetime import timedelta
from typing import Any, cast

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp import conf
from wagtail_ecp.accounts.installation import ensure_transport_open
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.exceptions import (
    EmailCentreError,
    SourceError,
    SourceRefusedError,
)
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.models import IncomingMail, Source
from wagtail_ecp.inbox.models.leases import RELEASED, new_owner
from wagtail_ecp.inbox.receiving import Arrival, enter
from wagtail_ecp.mail.sources import base

logger = logging.getLogger(__name__)

#: Longer than one mail takes; each mail renews it.
LEASE = timedelta(minutes=5)
VISIT = 1000  # mails
RESCAN = timedelta(days=2)  # Servers search by whole days in their own zone.


class LeaseLostError(EmailCentreError):
    """Another worker visits the source now."""


def fetch(source_id: int) -> int:
    """Fetch what is new in one source; return the number of mails.

    TransportPausedError while no mail may move. What the server says no to is written
    down in the source and not raised.
    """
    ensure_transport_open()
    owner = new_owner()
    rows = Source.objects.filter(pk=source_id, is_active=True, mailbox__is_active=True)
    if not rows.claim(owner, lease=LEASE, limit=1):
        return 0
    source = Source.objects.select_related("mailbox").get(pk=source_id)
    try:
        number = _visit(source)
    except LeaseLostError:
        logger.warning("source %s was taken over by another worker", source_id)
        return 0
    except EmailCentreError as error:
        logger.warning("source %s: %s", source_id, error)
        _update(source, last_error=str(error), last_error_at=Now(), **RELEASED)
        return 0
    _update(source, last_error="", last_success_at=Now(), **RELEASED)
    return number


def open_source(source: Source) -> base.Source:
    """Return the source's door, not entered; SourceError for an unknown kind.

    SourceRefusedError if mail has to be encrypted and the source need not be.
    """
    kinds = conf.get("SOURCE_KINDS")
    if source.kind not in kinds:
        raise SourceError(f"WAGTAIL_ECP['SOURCE_KINDS'] has no kind {source.kind!r}.")
    if (
        source.security == Source.Security.NONE
        and Account.objects.current().requires_ssl
    ):
        raise SourceRefusedError(
            _(
                "Nothing is fetched: this source need not encrypt, and the account"
                " demands SSL for all e-mail transmissions. Choose TLS or STARTTLS."
            )
        )
    settings = base.Settings(
        host=source.host,
        port=source.port,
        security=cast("base.Security", source.security),
        username=source.username,
        password=source.password,
        folder=source.folder,
        allowed_networks=conf.get("ALLOWED_NETWORKS"),
    )
    return conf.load(kinds[source.kind])(settings)  # type: ignore[no-any-return]


def _visit(source: Source) -> int:
    number = 0
    with open_source(source) as door:
        _find_cursor(source, door)
        mails = door.fetch(
            source.last_uid, limit=VISIT, max_bytes=conf.get("MAX_MESSAGE_BYTES")
        )
        for mail in mails:
            _take(source, mail)
            number += 1
    return number


def _find_cursor(source: Source, door: base.Source) -> None:
    """Decide where to begin, at the first visit and when the server counts anew."""
    uidvalidity = door.uidvalidity
    if source.uidvalidity == uidvalidity:
        return
    newest = door.newest_uid()
    if source.uidvalidity is not None and source.last_success_at:
        # Everything has a new number: what we have already is found out by content.
        since = source.last_success_at - RESCAN
        cursor, history = _before(door.uids_since(since.date()), newest), 0
    elif source.start == Source.Start.EVERYTHING:
        cursor, history = 0, newest
    elif source.start == Source.Start.MONTH:
        since = timezone.now() - timedelta(days=30)
        cursor, history = _before(door.uids_since(since.date()), newest), newest
    else:
        cursor, history = newest, newest
    _update(source, uidvalidity=uidvalidity, last_uid=cursor, history_uid=history)


def _before(uids: tuple[int, ...], newest: int) -> int:
    return uids[0] - 1 if uids else newest


def _take(source: Source, mail: base.FetchedMail) -> None:
    blob = blobs.write(mail.raw)
    arrival = Arrival(
        mailbox=source.mailbox,
        way=IncomingMail.Way.SOURCE,
        source=source,
        uidvalidity=source.uidvalidity,
        uid=mail.uid,
        oversize=mail.size if mail.is_truncated else None,
        is_history=mail.uid <= source.history_uid,
    )
    with transaction.atomic():
        _update(source, last_uid=mail.uid, lease_until=Now() + LEASE)
        enter(blob, [arrival])


def _update(source: Source, **changes: Any) -> None:
    """Write to the row unless the claim was lost, and to the object in hand."""
    row = Source.objects.filter(pk=source.pk)
    if not row.held_by(source.lease_owner, source.lease_epoch).update(**changes):
        raise LeaseLostError
    for name, value in changes.items():
        setattr(source, name, value)
