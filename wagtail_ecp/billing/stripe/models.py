"""What we remember of our customer at Stripe, and which events we have dealt with."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.accounts.models import Account


class StripeCustomer(models.Model):
    """The account as Stripe knows it; a copy of what Stripe last said.

    There may be one for Stripe's test mode beside the one that pays. ``revision``
    counts the changes: who has asked Stripe writes the answer only if it is still the
    one that they began with, so an older answer never replaces a newer one.
    """

    class Status(models.TextChoices):
        """Stripe's words for how a subscription is doing."""

        NONE = "", _("no subscription")
        ACTIVE = "active", _("active")
        TRIALING = "trialing", _("trial")
        PAST_DUE = "past_due", _("payment failed")
        UNPAID = "unpaid", _("not paid")
        INCOMPLETE = "incomplete", _("first payment not finished")
        INCOMPLETE_EXPIRED = "incomplete_expired", _("first payment never finished")
        PAUSED = "paused", _("paused")
        CANCELED = "canceled", _("ended")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    is_live = models.BooleanField()
    revision = models.PositiveIntegerField(default=0)
    customer_id = models.CharField(max_length=255, blank=True, db_index=True)
    name = models.CharField(max_length=255, blank=True)
    email = models.CharField(max_length=320, blank=True)
    # The Checkout that was opened last, and the price that it sells.
    checkout_id = models.CharField(max_length=255, blank=True)
    checkout_price_id = models.CharField(max_length=255, blank=True)
    subscription_id = models.CharField(max_length=255, blank=True)
    item_id = models.CharField(max_length=255, blank=True)
    price_id = models.CharField(max_length=255, blank=True)
    status = models.CharField(
        max_length=32, choices=Status, blank=True, default=Status.NONE
    )
    period_end = models.DateTimeField(null=True, blank=True)
    ends_with_period = models.BooleanField(default=False)
    # What the customer, not the subscription, pays with by default (pm_…).
    default_method_id = models.CharField(max_length=255, blank=True)
    card_brand = models.CharField(max_length=64, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    card_expires = models.CharField(max_length=5, blank=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "is_live"], name="ecp_one_stripe_customer_per_mode"
            )
        ]

    def __str__(self) -> str:
        return self.customer_id


class StripeEvent(models.Model):
    """An event of Stripe's that concerned us, so that a second delivery does nothing."""

    event_id = models.CharField(max_length=255, unique=True)
    type = models.CharField(max_length=255)
    created_at = models.DateTimeField()
    # Who took it on, and when; None: nobody, or they failed.
    claimed_at = models.DateTimeField(null=True, default=timezone.now)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
