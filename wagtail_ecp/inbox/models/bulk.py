"""One change to many conversations, at once or as a job."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.inbox.models.leases import Leased, LeasedQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class BulkChangeQuerySet(LeasedQuerySet):
    """Reads of bulk changes."""

    def visible_to(self, user: "User | Any") -> "BulkChangeQuerySet":
        """Nobody sees what a colleague changed but by its effects."""
        return self.filter(user=user.pk)

    def unfinished(self) -> "BulkChangeQuerySet":
        """Those that a worker has to go on with."""
        return self.filter(
            state__in=(BulkChange.State.WAITING, BulkChange.State.UNDOING)
        )


class BulkChange(Leased):
    """What a member asked to be done to all these conversations."""

    class State(models.TextChoices):
        """How far it has got."""

        WAITING = "waiting", _("under way")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    # A name of the row of bulk actions, and what it takes, such as {"folder": "archive"}.
    action = models.CharField(max_length=32)
    arguments = models.JSONField(default=dict)
    # What the list showed, if everything that it matches is meant.
    where = models.JSONField(default=dict)
    # How far the list was gone through.
    cursor = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = BulkChangeQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=Q(state__in=["waiting", "undoing"]),
                name="ecp_bulk_unfinished",
            )
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.state}"


class BulkItem(models.Model):
    """One conversation of a bulk change, by number, and how to undo its part."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")
        UNDONE = "undone", _("undone")

    change = models.ForeignKey(
        BulkChange, on_delete=models.CASCADE, related_name="items"
    )
    number = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    # The journal's row of it, from which it is undone.
    action_number = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=255, blank=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["change", "number"], name="ecp_bulk_each_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["change", "state", "id"], name="ecp_bulk_items")
        ]

    def __str__(self) -> str:
        return f"#{self.number}: {self.state}"
