"""Jobs on ``ecp-out``: notices to our own people leave."""

import logging

from wagtail_ecp.accounts import letters
from wagtail_ecp.exceptions import TransportPausedError

logger = logging.getLogger(__name__)


def send_letter(letter_id: int) -> None:
    """Send one notice, if it is still to be sent."""
    try:
        letters.send(letter_id)
    except TransportPausedError as pause:
        logger.info("letter %s stays: %s", letter_id, pause)
