"""A job on ``ecp-bg``: what a billing provider reported, and nobody heard."""

import logging

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing.provider import provider
from wagtail_ecp.exceptions import BillingError

logger = logging.getLogger(__name__)


def catch_up() -> None:
    """Have a provider that takes reports ask for itself, should some have been lost."""
    account = Account.objects.select_related("installation", "owner").first()
    if account is None:
        return
    try:
        provider(account).catch_up()
    except BillingError as error:
        logger.warning("the billing provider could not be asked: %s", error)
