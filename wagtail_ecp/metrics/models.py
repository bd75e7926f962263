"""Facts to count and measure, the state of their books, and when a team works."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.accounts.models import THE_ONE, one_row_only
from wagtail_ecp.inbox.models import Mailbox

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class FactQuerySet(models.QuerySet["Fact"]):
    """Reads of facts."""

    def visible_to(self, user: "User | Any") -> Self:
        """Facts that happened in mailboxes that ``user`` may read."""
        readable = Mailbox.objects.visible_to(user)
        return self.filter(mailbox_number__in=readable.values("pk"))

    def of_kind(self, kind: "Fact.Kind") -> Self:
        """Facts of one kind."""
        return self.filter(kind=kind)

    def between(self, first: date, last: date) -> Self:
        """Facts of these days, both included."""
        return self.filter(day__range=(first, last))

    def in_mailboxes(self, numbers: Collection[int]) -> Self:
        """Facts that happened in these mailboxes."""
        return self.filter(mailbox_number__in=numbers)


class Fact(models.Model):
    """One thing to count or to measure, as it follows from the journal.

    Written by ``books`` alone. It names what it speaks of by number, like the journal,
    and so outlives it.
    """

    class Kind(models.TextChoices):
        """What there is to count; ``history`` says what each is."""

        RECEIVED = "received", _("e-mail received")
        SPAM = "spam", _("spam received")
        SENT = "sent", _("e-mail sent")
        ANSWERED = "answered", _("answer sent")
        FIRST_RESPONSE = "first-response", _("first response")
        RESPONSE = "response", _("response")
        HANDLED = "handled", _("answer written")
        ENTERED = "entered", _("came into the inbox")
        LEFT = "left", _("left the inbox")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("closed, and opened again later")
        RESOLVED_FIRST = "resolved-first", _("first close")
        RESOLVED = "resolved", _("last close")
        ASSIGNED = "assigned", _("assigned")
        CAUGHT = "caught", _("taken for spam by the filter")
        RESCUED = "rescued", _("not spam, said a member")
        MISSED = "missed", _("spam, said a member")
        SUBMITTED = "submitted", _("form submitted")

    kind = models.CharField(max_length=14, choices=Kind)
    at = models.DateTimeField()
    # In the account's zone; its weekday follows from it.
    day = models.DateField()
    hour = models.PositiveSmallIntegerField()
    # Where it happened; the conversation may lie elsewhere by now.
    mailbox_number = models.BigIntegerField()
    conversation_number = models.BigIntegerField()
    message_number = models.BigIntegerField(null=True, blank=True)
    # The journal's row that it follows from.
    action_number = models.BigIntegerField()
    # Who did it; of an assignment, to whom.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    user_name = models.CharField(max_length=255, blank=True)
    # How long it took, by the calendar and in the mailbox's business hours.
    seconds = models.BigIntegerField(null=True, blank=True)
    business_seconds = models.BigIntegerField(null=True, blank=True)
    # The page whose form it came from.
    page_number = models.BigIntegerField(null=True, blank=True)
    page_title = models.CharField(max_length=255, blank=True)

    objects = FactQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            # All that numbers are made of, so that the rows need not be read.
            models.Index(
                fields=[
                    *("kind", "day", "mailbox_number", "user"),
                    *("seconds", "business_seconds", "hour"),
                ],
                name="ecp_fact_numbers",
            ),
            models.Index(fields=["kind", "-at", "-id"], name="ecp_fact_latest"),
            models.Index(fields=["conversation_number"], name="ecp_fact_conversation"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.conversation_number}"


class Books(models.Model):
    """How far the facts are; who writes facts locks this row."""

    id = models.PositiveSmallIntegerField(
        primary_key=True, default=THE_ONE, editable=False
    )
    # Whose days the facts have; another one in the account: they are to be rebuilt.
    zone = models.CharField(max_length=64, blank=True)
    # The conversation that a rebuilding has come to; None while there is none.
    rebuilt_to = models.BigIntegerField(null=True, blank=True)
    # Facts that it found wrong, missing or too many so far.
    differed = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [one_row_only("ecp_one_set_of_books")]

    def __str__(self) -> str:
        return f"facts in {self.zone}"


class BusinessHours(models.Model):
    """When a mailbox's team works; without a row it always does."""

    mailbox = models.OneToOneField(
        Mailbox, on_delete=models.CASCADE, related_name="business_hours"
    )
    # Empty: the account's.
    time_zone = models.CharField(max_length=64, blank=True)
    # For each weekday, Monday first, [[minute of the day, minute of the day], …].
    week = models.JSONField(default=list)
    # [["2026-12-25", "Christmas"], …]
    holidays = models.JSONField(default=list, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"business hours of mailbox {self.mailbox_id}"
