"""Jobs on ``ecp-bg``: what the site tells its members is read by the clock."""

from wagtail_ecp.inbox import announcements


def fetch_announcements() -> None:
    """Read the announcement feed, if the site names one; every hour."""
    announcements.fetch()
