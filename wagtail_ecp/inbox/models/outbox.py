"""Answers on their way out."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.inbox.models.leases import Leased, LeasedQuerySet
from wagtail_ecp.inbox.models.messages import Message


class OutboxQuerySet(LeasedQuerySet):
    """Reads of the outbox."""

    def due(self) -> "OutboxQuerySet":
        """Rows that may be sent now."""
        return self.filter(state=Outbox.State.QUEUED, next_try_at__lte=Now())

    def abandoned(self) -> "OutboxQuerySet":
        """Rows whose worker is overdue."""
        return self.filter(state=Outbox.State.SENDING, lease_until__lte=Now())

    def stuck(self) -> "OutboxQuerySet":
        """Rows that only a person can move on."""
        return self.filter(state__in=(Outbox.State.FAILED, Outbox.State.UNKNOWN))


class Outbox(Leased):
    """The sending of one message: draft, queued, sending, then one of three ends.

    "Unknown" means that the server may have taken it: only a person sends it again.
    """

    class State(models.TextChoices):
        """How far sending has got."""

        DRAFT = "draft", _("draft")
        QUEUED = "queued", _("waiting to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNKNOWN = "unknown", _("unknown")

    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, related_name="outbox"
    )
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    # Until then, and no longer than it was not begun, its writer may take it back.
    undo_until = models.DateTimeField(null=True, blank=True)
    # Committed just before DATA: after a crash it tells "not sent" from "unknown".
    data_begun_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(state__in=["queued", "sending"]),
                name="ecp_outbox_work",
            ),
            models.Index(
                fields=["id"],
                condition=Q(state__in=["failed", "unknown"]),
                name="ecp_outbox_stuck",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}: {self.state}"


class OutboxRecipient(models.Model):
    """One address of the envelope and what became of it."""

    class State(models.TextChoices):
        """What the server said; a bounce that comes later is a fact of its own."""

        WAITING = "waiting", _("waiting")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    outbox = models.ForeignKey(
        Outbox, on_delete=models.CASCADE, related_name="recipients"
    )
    address = models.CharField(max_length=320)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    answer = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["outbox", "address"], name="ecp_each_recipient_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.state}"
