"""Jobs on ``ecp-bg``: the invoices of the months that are over."""

import logging

from wagtail_ecp.billing import actions, manual
from wagtail_ecp.exceptions import BillingError

logger = logging.getLogger(__name__)


def issue_invoices() -> None:
    """Write the invoices that are missing; every day, so that none waits for long."""
    actions.note_level()
    if not manual.is_in_use():
        return
    try:
        actions.issue_invoices()
    except BillingError as error:
        logger.warning("no invoices: %s", error)


def note_level() -> None:
    """Write down which level holds, where it has just changed."""
    actions.note_level()
