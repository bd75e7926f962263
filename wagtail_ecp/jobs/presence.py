"""Jobs on ``ecp-bg``: who left without a word is forgotten."""

from wagtail_ecp.inbox import online, presence


def remove_old_presences() -> None:
    """Delete presences of more than an hour ago, and who was not here; every night."""
    presence.remove_old()
    online.remove_old()
