"""The ledger of everything received, and the bytes it speaks of."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.inbox.models.leases import Leased, LeasedQuerySet
from wagtail_ecp.inbox.models.mailboxes import Mailbox
from wagtail_ecp.inbox.models.transport import Source

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class BlobQuerySet(models.QuerySet["Blob"]):
    """Reads of blobs."""

    def unused(self, *, for_at_least: timedelta) -> "BlobQuerySet":
        """Blobs that no row refers to any more, after a while in which one may."""
        idle = self.filter(last_used_at__lt=Now() - for_at_least)
        return idle.filter(
            ledger=None, messages=None, draft_files=None, file_links=None
        )


class Blob(models.Model):
    """Raw bytes in private storage, one file for all who refer to it.

    The rows that refer to it are its reference count; the database refuses to delete
    a blob while there is one.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    last_used_at = models.DateTimeField()

    objects = BlobQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.sha256


class IncomingMailQuerySet(LeasedQuerySet):
    """Reads of the ledger."""

    def waiting(self) -> "IncomingMailQuerySet":
        """Rows that are to be processed now."""
        due = Q(next_try_at=None) | Q(next_try_at__lte=Now())
        states = (IncomingMail.State.RECEIVED, IncomingMail.State.FAILED)
        return self.filter(due, state__in=states)

    def troubled(self) -> "IncomingMailQuerySet":
        """Rows that could not be processed."""
        states = (IncomingMail.State.QUARANTINED, IncomingMail.State.FAILED)
        return self.filter(state__in=states)

    def visible_to(self, user: "User | Any") -> "IncomingMailQuerySet":
        """Rows of mailboxes that ``user`` may read."""
        return self.filter(mailbox__in=Mailbox.objects.visible_to(user))


class IncomingMail(Leased):
    """One received mail: written before the sender's server is told anything."""

    class State(models.TextChoices):
        """How far processing has got."""

        RECEIVED = "received", _("received")
        STORED = "stored", _("stored")
        DUPLICATE = "duplicate", _("duplicate")
        FAILED = "failed", _("failed, will be tried again")
        QUARANTINED = "quarantined", _("quarantined")

    class Way(models.TextChoices):
        """How mail comes in."""

        SMTP = "smtp", "SMTP"
        LMTP = "lmtp", "LMTP"
        PIPE = "pipe", _("pipe")
        SOURCE = "source", _("source")
        FORM = "form", _("form on the site")

    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.PROTECT, related_name="incoming_mail"
    )
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="ledger")
    way = models.CharField(max_length=8, choices=Way)
    source = models.ForeignKey(
        Source,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="incoming_mail",
    )
    uidvalidity = models.BigIntegerField(null=True, blank=True)
    uid = models.BigIntegerField(null=True, blank=True)
    envelope_from = models.CharField(max_length=320, blank=True)
    envelope_to = models.CharField(max_length=320, blank=True)
    # Only the header was kept; this many bytes stayed on the server.
    oversize = models.BigIntegerField(null=True, blank=True)
    # Was in the mailbox before we came: filed in the archive, nobody is alerted.
    is_history = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State, default=State.RECEIVED)
    reason = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("incoming mail")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "uidvalidity", "uid"],
                condition=Q(uid__isnull=False),
                name="ecp_each_uid_once",
            )
        ]
        indexes: ClassVar = [
            # Finds work; rows that are done are not in it.
            models.Index(
                fields=["id"],
                condition=Q(state__in=["received", "failed"]),
                name="ecp_mail_waiting",
            ),
            models.Index(
                fields=["mailbox", "-id"],
                condition=Q(state__in=["quarantined", "failed"]),
                name="ecp_mail_troubled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"
