"""What a number is asked of: whose view, which days, which mailboxes, whose work."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp.inbox.models import Mailbox
from wagtail_ecp.metrics.books import account_zone
from wagtail_ecp.metrics.models import Fact, FactQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: Days; a longer period costs more than a page may.
LONGEST: Final = 731
#: Days that are shown hour by hour.
HOURLY: Final = 2


@dataclass(frozen=True)
class Period:
    """Whole days of the account's zone, the first and the last included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValidationError(_("The period ends before it begins."))
        if (self.last - self.first).days >= LONGEST:
            raise ValidationError(
                _("A period has at most %(number)s days.") % {"number": LONGEST}
            )

    @classmethod
    def latest(cls, days: int) -> Self:
        """Return the last so many days, today included."""
        today = today_here()
        return cls(today - timedelta(days=days - 1), today)

    @property
    def before(self) -> "Period":
        """The period of the same length just before it."""
        length = self.last - self.first + timedelta(days=1)
        return replace(self, first=self.first - length, last=self.last - length)

    @property
    def days(self) -> list[date]:
        """Each of its days."""
        number = (self.last - self.first).days + 1
        return [self.first + timedelta(days=day) for day in range(number)]

    @property
    def is_hourly(self) -> bool:
        """Whether it is so short that its hours are told apart."""
        return (self.last - self.first).days < HOURLY


def today_here() -> date:
    """Return the account's today."""
    return timezone.now().astimezone(ZoneInfo(account_zone())).date()


@dataclass(frozen=True)
class Scope:
    """A question's whole frame; made by ``of``, which knows what one may not see."""

    viewer: "User | Any"
    period: Period
    #: Numbers of mailboxes, all of which the viewer may read.
    mailboxes: tuple[int, ...]
    #: Whose work alone counts; None: everybody's.
    member: Any = None
    names: dict[int, str] = field(default_factory=dict, compare=False)

    @classmethod
    def of(
        cls,
        viewer: "User | Any",
        period: Period,
        *,
        mailbox: int | None = None,
        member: Any = None,
    ) -> Self:
        """Return the frame.

        ValidationError for a mailbox that ``viewer`` can't see, and for a member who
        can't be one.
        """
        readable = Mailbox.objects.visible_to(viewer).order_by("pk")
        names = dict(readable.values_list("pk", "name"))
        if mailbox is not None and mailbox not in names:
            raise ValidationError(
                _("There is no such mailbox, or you may not read it.")
            )
        chosen = tuple(names) if mailbox is None else (mailbox,)
        if member is not None:
            member = get_user_model()._meta.pk.to_python(member)
        return cls(viewer, period, chosen, member, names)

    @property
    def before(self) -> "Scope":
        """The same question of the period before."""
        return replace(self, period=self.period.before)

    @property
    def of_everybody(self) -> "Scope":
        """The same question whoever did the work."""
        return replace(self, member=None)

    def facts(self, kind: Fact.Kind) -> FactQuerySet:
        """Return the facts of a kind that lie in this frame."""
        found = Fact.objects.of_kind(kind).in_mailboxes(self.mailboxes)
        found = found.between(self.period.first, self.period.last)
        return found if self.member is None else found.filter(user=self.member)

    def moments(self) -> Iterator[date | datetime]:
        """Yield what the points of a line stand for: days, or hours as clocks show."""
        for day in self.period.days:
            if self.period.is_hourly:
                begin = datetime.combine(day, datetime.min.time())
                yield from (begin + timedelta(hours=hour) for hour in range(24))
            else:
                yield day
