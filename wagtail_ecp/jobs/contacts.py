"""Jobs on ``ecp-bg``: what the journal need not know of people any more."""

from wagtail_ecp.contacts import unmerging


def remove_old_merges() -> None:
    """Forget what it takes to undo merges of contacts that are a day old; every night."""
    unmerging.remove_old_merges()
