"""Claims on rows that workers share, by compare-and-set.

A claim is one UPDATE whose WHERE says what must still be true; whoever changed the row
first has it. The epoch goes up with every claim, and each later write names the epoch
that it was made under, so a worker that slept through its lease can change nothing.
"""

import uuid
from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models.functions import Now


def new_owner() -> str:
    """Return a name for one claim."""
    return uuid.uuid4().hex


class LeasedQuerySet(models.QuerySet[Any]):
    """Claims; the clock is the database's, so that hosts need not agree."""

    def unclaimed(self) -> Self:
        """Rows that nobody holds, or whose holder is overdue."""
        free = models.Q(lease_until=None) | models.Q(lease_until__lte=Now())
        return self.filter(free)

    def claim(self, owner: str, *, lease: timedelta, limit: int, **changes: Any) -> int:
        """Give ``owner`` up to ``limit`` of these rows for ``lease``; return how many.

        The rows' own conditions are tested again by the UPDATE itself.
        """
        # Ordered by key, the rows are locked in one order and can't deadlock.
        keys = self.unclaimed().order_by("pk").values("pk")[:limit]
        chosen = self.unclaimed().order_by().filter(pk__in=models.Subquery(keys))
        return chosen.update(
            lease_owner=owner,
            lease_until=Now() + lease,
            lease_epoch=models.F("lease_epoch") + 1,
            **changes,
        )

    def held_by(self, owner: str, epoch: int | None = None) -> Self:
        """Rows on which ``owner`` still has the claim (of that ``epoch``)."""
        held = self.filter(lease_owner=owner)
        return held if epoch is None else held.filter(lease_epoch=epoch)


class Leased(models.Model):
    """A row that one worker at a time works on."""

    lease_owner = models.CharField(max_length=32, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_epoch = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        abstract = True


#: What to set when a claim is given back.
RELEASED: dict[str, Any] = {"lease_owner": "", "lease_until": None}
