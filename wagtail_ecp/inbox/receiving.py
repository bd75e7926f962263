"""Takes mail in: the bytes are safe and in the ledger before anybody is told so."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from wagtail_ecp import signals
from wagtail_ecp.accounts.installation import ensure_transport_open
from wagtail_ecp.exceptions import MailboxUnknownError
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.models import Blob, IncomingMail, Mailbox, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How a mail came to one mailbox."""

    mailbox: Mailbox
    way: IncomingMail.Way
    envelope_from: str = ""
    envelope_to: str = ""
    source: Source | None = None
    uidvalidity: int | None = None
    uid: int | None = None
    oversize: int | None = None
    is_history: bool = False


def takes_mail_for(address: str) -> bool:
    """Whether mail for ``address`` may come in; TransportPausedError if none may."""
    return _open_mailbox(address) is not None


def _open_mailbox(address: str) -> Mailbox | None:
    """Read mailbox, account and installation in one query."""
    mailboxes = Mailbox.objects.select_related("account__installation")
    mailbox = mailboxes.with_address(address)
    ensure_transport_open(mailbox.account if mailbox else None)
    return mailbox


def receive(
    raw: bytes,
    *,
    recipients: Iterable[str],
    envelope_from: str = "",
    way: IncomingMail.Way = IncomingMail.Way.SMTP,
    oversize: int | None = None,
) -> list[IncomingMail]:
    """Keep ``raw`` for the mailboxes of these addresses; return the ledger's rows.

    On return the mail is safe. On any error nothing has been kept, and the sender must
    be told to try again: TransportPausedError, MailboxUnknownError or what the
    database or the storage raised.
    """
    arrivals = {}
    for address in recipients:
        mailbox = _open_mailbox(address)
        if mailbox is None:
            raise MailboxUnknownError(f"No mailbox takes mail for {address}.")
        arrivals[mailbox.pk] = Arrival(
            mailbox=mailbox,
            way=way,
            envelope_from=envelope_from,
            envelope_to=address,
            oversize=oversize,
        )
    blob = blobs.write(raw)
    with transaction.atomic():
        return enter(blob, arrivals.values())


def receive_oversized(raw: bytes, *, size: int, **circumstances: Any) -> None:
    """Keep only the header of a mail of ``size`` bytes, more than may be kept whole.

    ``raw`` is its beginning; the other arguments and the errors are those of
    ``receive``.
    """
    receive(header_of(raw), oversize=size, **circumstances)


def header_of(raw: bytes) -> bytes:
    """Return the mail's header with the empty line that ends it (RFC 5322 2.1)."""
    end = re.search(rb"\r?\n\r?\n", raw)
    return raw[: end.end()] if end else raw


def enter(blob: Blob, arrivals: Iterable[Arrival]) -> list[IncomingMail]:
    """Write the ledger's rows for a written blob, inside the caller's transaction."""
    blobs.record(blob)
    rows = [
        IncomingMail(
            mailbox=arrival.mailbox,
            blob=blob,
            way=arrival.way,
            source=arrival.source,
            uidvalidity=arrival.uidvalidity,
            uid=arrival.uid,
            envelope_from=arrival.envelope_from[:320],
            envelope_to=arrival.envelope_to[:320],
            oversize=arrival.oversize,
            is_history=arrival.is_history,
            received_at=timezone.now(),
        )
        for arrival in arrivals
    ]
    IncomingMail.objects.bulk_create(rows)
    transaction.on_commit(lambda: signals.mail_received.send(IncomingMail))
    return rows
