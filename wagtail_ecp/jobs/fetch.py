"""Jobs on ``ecp-in``: mail is fetched from the servers where it arrived."""

import logging

from wagtail_ecp.exceptions import TransportPausedError
from wagtail_ecp.inbox.fetching import fetch

logger = logging.getLogger(__name__)


def fetch_source(source_id: int) -> None:
    """Fetch what is new in one source; what goes wrong is written down there."""
    try:
        fetch(source_id)
    except TransportPausedError as pause:
        logger.info("source %s is not visited: %s", source_id, pause)
