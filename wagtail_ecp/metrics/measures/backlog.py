"""What is not closed, from day to day."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.inbox.models import SNOOZED, Folder, FolderCounter
from wagtail_ecp.metrics.books import account_zone
from wagtail_ecp.metrics.measures.metric import Metric, columns_of, key_of, numbers
from wagtail_ecp.metrics.models import Fact
from wagtail_ecp.metrics.results import Figure, Line, Result, Value
from wagtail_ecp.metrics.scope import Scope
from wagtail_ecp.metrics.spread import Key


def _backlog(scope: Scope) -> Result:
    """Go back from what lies in the inbox now, by what came in and left since."""
    changes = _changes(scope)
    now = datetime.now(tz=ZoneInfo(account_zone()))
    open_now = _open_now(scope)
    moments = list(scope.moments())
    points: list[tuple[date | datetime, Value]] = []
    later = open_now - sum(
        change for key, change in changes.items() if key > key_of(moments[-1])
    )
    for moment in reversed(moments):
        is_to_come = key_of(moment) > (now.date(), now.hour)[: len(key_of(moment))]
        points.append((moment, None if is_to_come else later))
        later -= changes[key_of(moment)]
    points.reverse()
    known = [value for _moment, value in points if value is not None]
    at_end = known[-1] if known else None
    figure = Figure("open", _("Open at the end"), at_end, later)
    return Result([figure], [Line("open", _("Open"), points)])


def _open_now(scope: Scope) -> int:
    counters = FolderCounter.objects.filter(
        mailbox__in=scope.mailboxes, folder__in=(Folder.INBOX, SNOOZED)
    )
    return int(counters.aggregate(Sum("conversations"))["conversations__sum"] or 0)


def _changes(scope: Scope) -> Counter[Key]:
    """Return by how much the backlog grew in each group since the period's beginning."""
    changes: Counter[Key] = Counter()
    until_now = timezone.now().date() + timedelta(days=1)
    for kind, sign in ((Fact.Kind.ENTERED, 1), (Fact.Kind.LEFT, -1)):
        facts = Fact.objects.of_kind(kind).in_mailboxes(scope.mailboxes)
        since = facts.between(scope.period.first, until_now)
        for key, number in numbers(since, *columns_of(scope.period)).items():
            changes[key] += sign * number
    return changes


BACKLOG = Metric(
    key="backlog",
    name=_("Backlog over time"),
    definition=_(
        "Conversations that lay in the inbox at the end of each day, asleep or not: those"
        " that are neither closed nor spam nor in the trash. Beside it, how many there"
        " were when the period began."
    ),
    measure=_backlog,
    kinds=(Fact.Kind.ENTERED, Fact.Kind.LEFT),
)
