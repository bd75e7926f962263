"""A nightly job on ``ecp-bg``: kept numbers are counted again, and repaired."""

import logging

from wagtail_ecp.inbox.models import Mailbox
from wagtail_ecp.inbox.recounting import recount

logger = logging.getLogger(__name__)


def recount_all() -> None:
    """Count every mailbox again, one after the other."""
    wrong = sum(recount(mailbox) for mailbox in Mailbox.objects.order_by("pk"))
    logger.info("counted again, %s kept numbers repaired", wrong)
