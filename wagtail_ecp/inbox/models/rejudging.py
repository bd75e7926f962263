"""Going through the mail of the last 30 days again, which the owner asks for."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.inbox.models.conversations import Conversation
from wagtail_ecp.inbox.models.mailboxes import Folder
from wagtail_ecp.inbox.models.messages import Message


class RejudgingQuerySet(models.QuerySet["Rejudging"]):
    """Reads of these runs."""

    def unfinished(self) -> "RejudgingQuerySet":
        """Find what a worker has still to do, or is doing."""
        return self.filter(state__in=UNFINISHED)

    def latest_first(self) -> "RejudgingQuerySet":
        """Return all runs, the last one first."""
        return self.order_by("-pk")


class Rejudging(models.Model):
    """One run over a month of mail: new scores, or new verdicts by a threshold."""

    class State(models.TextChoices):
        """How far it has got."""

        RUNNING = "running", _("running")
        DONE = "done", _("done")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    # None: the scores alone are found anew, and nothing moves.
    threshold = models.PositiveSmallIntegerField(null=True, blank=True)
    rescores = models.BooleanField(default=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    asked_by_name = models.CharField(max_length=255, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    # The message up to which it has got; of how many it has done so many.
    position = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = RejudgingQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(state__in=["running", "undoing"]),
                name="ecp_one_rejudging_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.state}"

    @property
    def is_unfinished(self) -> bool:
        """Whether a worker has still to do something."""
        return self.state in UNFINISHED

    @property
    def percent(self) -> int:
        """How much is done, of 100; never 100 before it is."""
        if not self.is_unfinished:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0


UNFINISHED = (Rejudging.State.RUNNING, Rejudging.State.UNDOING)


class Rejudged(models.Model):
    """One message whose verdict a run changed; what is needed to undo it."""

    run = models.ForeignKey(Rejudging, on_delete=models.CASCADE, related_name="changes")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="+"
    )
    is_spam = models.BooleanField()  # The new verdict.
    folder_before = models.CharField(max_length=8, choices=Folder)
    folder_after = models.CharField(max_length=8, choices=Folder)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.message_id}: {self.is_spam}"
