"""Jobs on ``ecp-bg``: what slept long enough is shown again."""

from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation

#: At most so many a round; the next round, a minute later, has the rest.
ROUND = 500


def wake_sleepers() -> None:
    """Wake the conversations whose time has come, the first to wake first."""
    due = Conversation.objects.to_be_woken().order_by("snoozed_until", "pk")
    for number in list(due.values_list("pk", flat=True)[:ROUND]):
        actions.wake_in_time(number)
