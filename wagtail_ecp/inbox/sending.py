"""Sends what is in the outbox, never twice as far as SMTP allows.

Claim, RCPT, commit "data begun", DATA, commit "sent". A worker that dies before the
marker leaves a row that is sent again; one that dies after it leaves "unknown", which
only a person settles (RFC 5321 section 4.5.3.2.6: the answer to DATA may be lost).
"""

import contextlib
import logging
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp import conf, signals
from wagtail_ecp.accounts.installation import ensure_transport_open
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.exceptions import (
    ConfigurationError,
    EmailCentreError,
    TransportPausedError,
)
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.models import (
    Message,
    Outbox,
    OutboxRecipient,
    OutgoingServer,
)
from wagtail_ecp.inbox.models.leases import RELEASED, new_owner
from wagtail_ecp.journal.actions import record
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.sending.errors import (
    DeliveryError,
    EncryptionMissingError,
    PermanentDeliveryError,
    UncertainDeliveryError,
)
from wagtail_ecp.mail.sending.site import deliver_through_site
from wagtail_ecp.mail.sending.smtp import Delivery, Refusal, SmtpSettings, deliver

if TYPE_CHECKING:
    from wagtail_ecp.mail.sending.connection import Security

logger = logging.getLogger(__name__)

#: Longer than the SMTP dialogue may take; the marker before DATA renews it.
LEASE = timedelta(minutes=10)
#: Before the next try, by the number of tries so far (RFC 5321 section 4.5.4.1).
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240)]
GIVE_UP = timedelta(days=5)

State = Outbox.State


class LeaseLostError(EmailCentreError):
    """The row was taken from us: nothing may be sent any more."""


def send(outbox_id: int) -> None:
    """Send one row of the outbox, if it is due; TransportPausedError while paused."""
    account = Account.objects.select_related("installation").first()
    ensure_transport_open(account)
    if account is not None and account.receives_only:
        raise TransportPausedError("The account only receives for now.")
    owner = new_owner()
    due = Outbox.objects.due().filter(pk=outbox_id)
    changes = {
        "state": State.SENDING,
        "attempts": F("attempts") + 1,
        "data_begun_at": None,
    }
    if not due.claim(owner, lease=LEASE, limit=1, **changes):
        return
    outbox = Outbox.objects.select_related(
        "message__mailbox__outgoing_server", "message__mailbox__account"
    ).get(pk=outbox_id)
    try:
        _settle(outbox, _deliver(outbox))
    except LeaseLostError:
        logger.warning("outbox %s was taken over by another worker", outbox_id)


def release_abandoned() -> None:
    """Decide about rows whose worker died: again, or "unknown" if DATA had begun."""
    abandoned = Outbox.objects.abandoned()
    abandoned.filter(data_begun_at=None).update(
        state=State.QUEUED, lease_epoch=F("lease_epoch") + 1, **RELEASED
    )
    for outbox in abandoned.exclude(data_begun_at=None).select_related("message"):
        # Another sweep may have been quicker.
        with contextlib.suppress(LeaseLostError), transaction.atomic():
            _end(outbox, State.UNKNOWN, Action.Kind.SEND_UNKNOWN)


def _deliver(outbox: Outbox) -> Delivery | EmailCentreError:
    """Return what the server said; its errors are answers too."""
    try:
        return _hand_over(outbox)
    except (DeliveryError, ConfigurationError) as error:
        return error
    except FileNotFoundError as error:
        return PermanentDeliveryError(f"The stored mail is gone: {error}")


def _hand_over(outbox: Outbox) -> Delivery:
    message = outbox.message
    waiting = outbox.recipients.filter(state=OutboxRecipient.State.WAITING)
    return _way_out(message)(
        envelope_from=message.mailbox.address,
        recipients=list(waiting.values_list("address", flat=True)),
        data=blobs.read(message.blob_id),
        before_data=partial(_mark_data_begun, outbox),
    )


def _way_out(message: Message) -> Callable[..., Delivery]:
    server = message.mailbox.outgoing_server
    requires_tls = message.mailbox.account.requires_ssl
    if server is None:
        return partial(deliver_through_site, requires_tls=requires_tls)
    if requires_tls and server.security == OutgoingServer.Security.NONE:
        raise EncryptionMissingError(
            _(
                "Not sent: the outgoing server “%(name)s” need not encrypt, and the"
                " account demands SSL for all e-mail transmissions. Choose TLS or"
                " STARTTLS for it."
            )
            % {"name": server.name}
        )
    return partial(deliver, _smtp_settings(server))


def _smtp_settings(server: OutgoingServer) -> SmtpSettings:
    return SmtpSettings(
        host=server.host,
        port=server.port,
        security=cast("Security", server.security),
        username=server.username,
        password=server.password,
        allowed_networks=conf.get("ALLOWED_NETWORKS"),
    )


def _mark_data_begun(outbox: Outbox) -> None:
    _update(outbox, data_begun_at=Now(), lease_until=Now() + LEASE)


@transaction.atomic
def _settle(outbox: Outbox, outcome: Delivery | EmailCentreError) -> None:
    """Write down what became of each recipient, and what happens next."""
    refused = getattr(outcome, "refused", {})
    lasting = {a: r for a, r in refused.items() if r.is_permanent}
    _note_refusals(outbox, lasting)
    if isinstance(outcome, UncertainDeliveryError):
        _end(outbox, State.UNKNOWN, Action.Kind.SEND_UNKNOWN, error=str(outcome))
    elif isinstance(outcome, PermanentDeliveryError):
        _end(outbox, State.FAILED, Action.Kind.SEND_FAILED, error=str(outcome))
    elif isinstance(outcome, Delivery):
        _note_accepted(outbox, outcome.accepted)
        _settle_rest(outbox, set(refused) - set(lasting), refused)
    else:
        _try_later(outbox, error=str(outcome))


def _settle_rest(
    outbox: Outbox, later: Collection[str], refused: dict[str, Refusal]
) -> None:
    """Send again to whom the server wants to hear of later, or be done."""
    if later:
        _try_later(outbox, error="; ".join(refused[address].text for address in later))
        return
    _end(outbox, State.SENT, Action.Kind.SENT, sent_at=Now())
    transaction.on_commit(
        partial(signals.message_sent.send, Message, message=outbox.message)
    )


def _try_later(outbox: Outbox, *, error: str) -> None:
    if timezone.now() - outbox.queued_at > GIVE_UP:
        _end(outbox, State.FAILED, Action.Kind.SEND_FAILED, error=error)
        return
    pause = PAUSES[min(outbox.attempts, len(PAUSES)) - 1]
    _update(
        outbox, state=State.QUEUED, next_try_at=Now() + pause, error=error, **RELEASED
    )


def _note_refusals(outbox: Outbox, refused: dict[str, Refusal]) -> None:
    for address, refusal in refused.items():
        outbox.recipients.filter(address=address).update(
            state=OutboxRecipient.State.REFUSED,
            answer=f"{refusal.code} {refusal.text}",
        )


def _note_accepted(outbox: Outbox, addresses: Collection[str]) -> None:
    outbox.recipients.filter(address__in=addresses).update(
        state=OutboxRecipient.State.ACCEPTED
    )


def _end(
    outbox: Outbox, state: Outbox.State, kind: Action.Kind, **changes: Any
) -> None:
    _update(outbox, state=state, **({"error": ""} | changes), **RELEASED)
    message = outbox.message
    record(
        kind,
        mailbox=message.mailbox_id,
        conversation=message.conversation_id,
        message=message.pk,
        by=message.author,
    )


def _update(outbox: Outbox, **changes: Any) -> None:
    row = Outbox.objects.filter(pk=outbox.pk)
    if not row.held_by(outbox.lease_owner, outbox.lease_epoch).update(**changes):
        raise LeaseLostError
