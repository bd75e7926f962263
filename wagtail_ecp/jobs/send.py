"""Jobs on ``ecp-out``: answers leave."""

import logging

from wagtail_ecp.exceptions import TransportPausedError
from wagtail_ecp.inbox import drafts, scheduled
from wagtail_ecp.inbox.sending import send

logger = logging.getLogger(__name__)


def send_message(outbox_id: int) -> None:
    """Send one answer, if it is still to be sent."""
    try:
        send(outbox_id)
    except TransportPausedError as pause:
        logger.info("outbox %s stays: %s", outbox_id, pause)


def send_scheduled(draft_id: int) -> None:
    """Send one draft whose time has come, or tell its writer why it stays."""
    try:
        scheduled.send(draft_id)
    except TransportPausedError as pause:
        logger.info("draft %s stays: %s", draft_id, pause)


def remove_old_drafts() -> None:
    """Delete drafts that were sent or thrown away a day ago; every night."""
    drafts.remove_old()
