"""The mail of the last 30 days under the saved threshold; each thing is read once."""

from functools import cached_property

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.admin import refiling_words
from wagtail_ecp.inbox import forecast
from wagtail_ecp.inbox.forecast import Learned
from wagtail_ecp.spam.preview import Month


class LastMonth:
    """What the option's row and the section below the form both tell of."""

    def __init__(self, account: Account) -> None:
        self.threshold = account.spam_threshold

    @cached_property
    def month(self) -> Month:
        """The scores."""
        return Month()

    @cached_property
    def offer(self) -> str:
        """What re-filing would do; "" if nothing."""
        return refiling_words.offer(forecast.moves(self.month, self.threshold))

    @cached_property
    def _learned(self) -> Learned:
        return forecast.learned()

    @property
    def learning(self) -> str:
        """How far the filter has learned; "" once it has."""
        return refiling_words.learning(self._learned.marks)

    @cached_property
    def may_rescore(self) -> bool:
        """Whether the filter has learned since this mail was scored."""
        return forecast.would_score_anew(self._learned)
