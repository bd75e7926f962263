"""Exports of everything, which the owner asks for in the admin."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.inbox.models.leases import Leased, LeasedQuerySet

if TYPE_CHECKING:
    from datetime import timedelta


class ExportQuerySet(LeasedQuerySet):
    """Reads of exports."""

    def unfinished(self) -> "ExportQuerySet":
        """Find what a worker has still to do, or is doing."""
        return self.filter(state=Export.State.RUNNING)

    def ready(self) -> "ExportQuerySet":
        """Find what can be downloaded now."""
        return self.filter(state=Export.State.READY, expires_at__gt=Now())

    def expired(self) -> "ExportQuerySet":
        """Find what has been kept long enough."""
        return self.filter(state=Export.State.READY, expires_at__lte=Now())

    def ended_for(self, age: "timedelta") -> "ExportQuerySet":
        """Find ends without a file, asked for so long ago."""
        gone = (Export.State.FAILED, Export.State.CANCELLED)
        return self.filter(state__in=gone, asked_at__lte=Now() - age)


class Export(Leased):
    """One archive of everything; its file lies in numbered parts, in private storage.

    ``place`` is where the next part begins, in the words of ``export_parts``.
    """

    class State(models.TextChoices):
        """How far it has got."""

        RUNNING = "running", _("being written")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    asked_by_name = models.CharField(max_length=255, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=16, choices=State, default=State.RUNNING)
    # Mails and rows.
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    # Raw mails whose files were lost from the private storage.
    missing = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)
    file_name = models.CharField(max_length=255)
    # Claims since the last part: one that never gets further is given up.
    attempts = models.PositiveSmallIntegerField(default=0)
    parts = models.JSONField(default=list, editable=False)
    place = models.JSONField(default=dict, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["state"],
                condition=models.Q(state="running"),
                name="ecp_one_export_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def percent(self) -> int:
        """How much is done, of 100; never 100 before it is ready."""
        if self.state == self.State.READY:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    def part_names(self) -> list[str]:
        """Return the names of the parts, in order."""
        return [
            self.part_name(number, epoch) for number, epoch in enumerate(self.parts)
        ]

    def part_name(self, number: int, epoch: int) -> str:
        """Return a part's name, of the claim that wrote it: late writers harm nobody."""
        return f"exports/{self.pk}/{number:06}-{epoch}"

    def index_name(self, number: int, epoch: int) -> str:
        """Return the name of the index of the mails in a part."""
        return f"{self.part_name(number, epoch)}.index"

    @property
    def is_unfinished(self) -> bool:
        """Whether a worker has still to do something."""
        return self.state == self.State.RUNNING

    @property
    def is_ready(self) -> bool:
        """Whether there is a file to download."""
        return bool(
            self.state == self.State.READY
            and self.expires_at
            and self.expires_at > timezone.now()
        )
