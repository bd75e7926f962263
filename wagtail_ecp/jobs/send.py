"""Jobs on ``ecp-out``: answers leave."""

import logging

from wagtail_ecp.exceptions import TransportPausedError
from wagtail_ecp.inbox.sending import send

logger = logging.getLogger(__name__)


def send_message(outbox_id: int) -> None:
    """Send one answer, if it is still to be sent."""
    try:
        send(outbox_id)
    except TransportPausedError as pause:
        logger.info("outbox %s stays: %s", outbox_id, pause)
