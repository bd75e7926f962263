"""Mail that needs a person's decision on its way in or out."""

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from wagtail_ecp import signals
from wagtail_ecp.accounts import installation
from wagtail_ecp.accounts.models import Installation
from wagtail_ecp.accounts.permissions import can_administer
from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.actions.drafting import unschedule_all
from wagtail_ecp.inbox.actions.steps import note_action, require_reply
from wagtail_ecp.inbox.models import (
    IncomingMail,
    Message,
    Outbox,
    OutboxRecipient,
)
from wagtail_ecp.inbox.models.leases import RELEASED
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: What Wagtail's audit log calls them; registered in ``wagtail_hooks``.
TRANSPORT_RESUMED = "wagtail_ecp.resume_transport"
DECLARED_A_COPY = "wagtail_ecp.declare_copy"


@transaction.atomic
def process_again(mail: IncomingMail, *, by: "User") -> None:
    """Give a quarantined mail another five tries."""
    if not (permissions.can_reply(by, mail.mailbox) or can_administer(by)):
        raise PermissionDenied(_("You may not process mail of this mailbox again."))
    troubled = IncomingMail.objects.troubled().filter(pk=mail.pk)
    changed = troubled.update(
        state=IncomingMail.State.RECEIVED, attempts=0, next_try_at=None
    )
    if changed:
        transaction.on_commit(lambda: signals.mail_received.send(IncomingMail))


@transaction.atomic
def send_again(outbox: Outbox, *, by: "User") -> None:
    """Send once more what failed, or what may not have arrived; same Message-ID."""
    conversation = outbox.message.conversation
    require_reply(by, conversation)
    changed = (
        Outbox.objects.stuck()
        .filter(pk=outbox.pk)
        .update(
            state=Outbox.State.QUEUED, attempts=0, next_try_at=Now(), data_begun_at=None
        )
    )
    if not changed:
        return
    outbox.recipients.exclude(state=OutboxRecipient.State.ACCEPTED).update(
        state=OutboxRecipient.State.WAITING, answer=""
    )
    number = outbox.message_id
    note_action(Action.Kind.SEND_RETRIED, conversation, by=by, message=number)
    announce = partial(signals.message_queued.send, Message, message=outbox.message)
    transaction.on_commit(announce)


@transaction.atomic
def settle_as_sent(outbox: Outbox, *, by: "User") -> None:
    """Note that a person knows that a message of unknown fate has arrived."""
    conversation = outbox.message.conversation
    require_reply(by, conversation)
    unknown = Outbox.objects.filter(pk=outbox.pk, state=Outbox.State.UNKNOWN)
    if unknown.update(state=Outbox.State.SENT, sent_at=Now(), error=""):
        outbox.recipients.update(state=OutboxRecipient.State.ACCEPTED)
        number = outbox.message_id
        note_action(Action.Kind.SEND_SETTLED, conversation, by=by, message=number)


@transaction.atomic
def resume_transport(*, by: "User") -> None:
    """Declare that this is the live installation: mail moves again.

    What waits in the outbox may have been sent by the other one, so a person decides
    about each; so may drafts that were to be sent by themselves.
    """
    if not can_administer(by):
        raise PermissionDenied(_("Only an administrator may say so."))
    installation.adopt()
    waiting = (Outbox.State.QUEUED, Outbox.State.SENDING)
    Outbox.objects.filter(state__in=waiting).update(
        state=Outbox.State.UNKNOWN, lease_epoch=F("lease_epoch") + 1, **RELEASED
    )
    unschedule_all(
        trouble=_(
            "This site was a copy for a while, and the other one may have sent this at"
            " its time: decide whether to send it."
        )
    )
    log(Installation.objects.get(), TRANSPORT_RESUMED, user=by)


@transaction.atomic
def stay_paused(*, by: "User") -> None:
    """Declare that this is a copy: nothing is fetched or sent."""
    if not can_administer(by):
        raise PermissionDenied(_("Only an administrator may say so."))
    installation.declare_copy()
    log(Installation.objects.get(), DECLARED_A_COPY, user=by)
