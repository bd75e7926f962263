"""Feeds that members read in programs of their own."""

import secrets
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.accounts.models import THE_ONE, Account
from wagtail_ecp.inbox.models.conversations import Conversation
from wagtail_ecp.inbox.models.mailboxes import Mailbox
from wagtail_ecp.inbox.models.saved_searches import SavedSearch

#: What one may subscribe to, by the name of its column.
Target = Mailbox | Conversation | SavedSearch
TARGETS = ("mailbox", "conversation", "saved_search")

#: What a mailbox's feed says of it.
_OF_ITS_MAILBOX: Final = {
    "mailbox_name": F("mailbox__name"),
    "mailbox_address": F("mailbox__address"),
}


def new_nonce() -> str:
    """Return what makes the address of one subscription unlike that of the next."""
    return secrets.token_hex(16)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Reads of subscriptions."""

    def live(self) -> "SubscriptionQuerySet":
        """Those whose address works."""
        return self.filter(revoked_at=None)

    def to(self, target: Target) -> "SubscriptionQuerySet":
        """Those to one mailbox, conversation or saved search."""
        return self.filter(**{column_of(target): target})

    def with_targets(self) -> "SubscriptionQuerySet":
        """Read with all that is needed to say what they are of."""
        return self.select_related(
            *TARGETS, "conversation__mailbox", "conversation__merged_into__mailbox"
        )

    def with_rights(self) -> "SubscriptionQuerySet":
        """Read with what decides whether and what to answer.

        Mailboxes and conversations have many columns, which cost time at every poll: of
        a mailbox come the two that its feed shows, and a conversation is read when
        something has changed.
        """
        found = self.select_related("account__installation", "user", "saved_search")
        return found.annotate(**_OF_ITS_MAILBOX)


class Subscription(models.Model):
    """One member's private feed of one thing, in one format.

    The address is derived from the row and the site's keys, and is in no row itself.
    """

    class Format(models.TextChoices):
        """What the feed is written in."""

        RSS = "rss", _("RSS 2.0")
        ATOM = "atom", _("Atom")
        JSON = "json", _("JSON Feed")

    # Of a mailbox's subscription that was read ``with_rights``.
    mailbox_name: str
    mailbox_address: str

    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        default=THE_ONE,
        related_name="+",
        editable=False,
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    mailbox = models.ForeignKey(
        Mailbox, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    conversation = models.ForeignKey(
        Conversation, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    saved_search = models.ForeignKey(
        SavedSearch, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    format = models.CharField(max_length=4, choices=Format, default=Format.RSS)
    # Only where the account's owner allows it, asked at each reading.
    has_bodies = models.BooleanField(default=False)
    has_notes = models.BooleanField(default=False)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    # When its member last chose something of it.
    changed_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)
    # By the hour: see ``subscriptions.note_reading``.
    last_read_at = models.DateTimeField(null=True, blank=True)
    last_reader = models.CharField(max_length=200, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    Q(
                        mailbox__isnull=False,
                        conversation__isnull=True,
                        saved_search__isnull=True,
                    )
                    | Q(
                        mailbox__isnull=True,
                        conversation__isnull=False,
                        saved_search__isnull=True,
                    )
                    | Q(
                        mailbox__isnull=True,
                        conversation__isnull=True,
                        saved_search__isnull=False,
                    )
                ),
                name="ecp_subscription_to_one_thing",
            ),
            *(
                models.UniqueConstraint(
                    fields=["user", target],
                    condition=Q(
                        revoked_at__isnull=True, **{f"{target}__isnull": False}
                    ),
                    name=f"ecp_one_subscription_{target}",
                )
                for target in TARGETS
            ),
        ]

    def __str__(self) -> str:
        # Neutral on purpose: what it is of is not everybody's to know.
        return f"subscription {self.pk}"

    @property
    def target(self) -> Target:
        """The mailbox, conversation or saved search that it is of."""
        target: Target = getattr(self, self.column)
        return target

    @property
    def column(self) -> str:
        """Which of ``TARGETS`` it is of."""
        return next(name for name in TARGETS if getattr(self, f"{name}_id") is not None)

    @property
    def target_id(self) -> int:
        """The number of what it is of."""
        number: int = getattr(self, f"{self.column}_id")
        return number


def column_of(target: Target) -> str:
    """Return which of ``TARGETS`` refers to such a thing."""
    if isinstance(target, Mailbox):
        return "mailbox"
    return "conversation" if isinstance(target, Conversation) else "saved_search"
