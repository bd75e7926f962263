"""The site's keys for Stripe, and what is wrong with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from importlib.util import find_spec
from typing import Any

from django.utils.translation import gettext as _

from wagtail_ecp import conf
from wagtail_ecp.accounts.levels import levels
from wagtail_ecp.exceptions import BillingError

WEBHOOK = "wagtail_ecp_site:billing_webhook"
PROVIDER = "wagtail_ecp.billing.stripe.provider.StripeProvider"


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """``WAGTAIL_ECP["STRIPE"]``; its keys are never shown, in no trace either."""

    secret_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    # Another address than Stripe's own, for tests.
    api_base: str = ""
    # Seconds for one request, of which there may be ``retries`` more.
    timeout: float = 10.0
    retries: int = 1
    # Have Stripe Tax compute taxes, and ask for a tax id at Checkout.
    automatic_tax: bool = False

    @property
    def is_live(self) -> bool:
        """Whether real money moves: keys of test mode say so in their name."""
        return "_test_" not in self.secret_key


KEYS = ("secret_key", "webhook_secret")
NAMES = frozenset(each.name for each in fields(Configuration))


def read() -> Configuration:
    """Return the site's configuration; BillingError if it is incomplete."""
    described: Mapping[str, Any] = conf.get("STRIPE")
    if any(_wrong_names(described)):
        raise BillingError(
            _("This site is not set up for Stripe yet. Ask whoever runs it.")
        )
    return Configuration(**described)


def problems() -> Iterator[str]:
    """Say all that keeps Stripe from working, as far as the settings show it."""
    if find_spec("stripe") is None:
        yield "stripe is not installed: pip install wagtail-ecp[stripe]"
    yield from _wrong_names(conf.get("STRIPE"))
    for level in levels().values():
        if level.is_paid and not level.provider_price:
            yield f"SERVICE_LEVELS[{level.key!r}] has no provider_price (price_…)."
    if all(level.is_paid for level in levels().values()):
        yield "SERVICE_LEVELS has no level without a price, for whoever stops paying."


def _wrong_names(described: Mapping[str, Any]) -> Iterator[str]:
    for name in KEYS:
        if not described.get(name):
            yield f"STRIPE has no {name!r}."
    for name in sorted(set(described) - NAMES):
        yield f"STRIPE has no setting {name!r}."
