"""What comes in and goes out, by mailbox and by the hour."""

from collections import Counter

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.metrics.measures.metric import Counted, Metric, count, numbers
from wagtail_ecp.metrics.models import Fact
from wagtail_ecp.metrics.results import Result, Row, Table, Unit
from wagtail_ecp.metrics.scope import Scope

COUNTED: tuple[Counted, ...] = (
    ("in", Fact.Kind.RECEIVED, _("In")),
    ("out", Fact.Kind.SENT, _("Out")),
    ("spam", Fact.Kind.SPAM, _("Spam")),
)
HOURS = range(24)


def _traffic(scope: Scope) -> Result:
    everybody = scope.of_everybody
    figures, lines = count(everybody, COUNTED)
    found = [
        numbers(everybody.facts(kind), "mailbox_number")
        for _key, kind, _name in COUNTED
    ]
    rows = [
        Row(scope.names[number], [kind.get((number,), 0) for kind in found], number)
        for number in scope.mailboxes
    ]
    heads = [(name, Unit.NUMBER) for _key, _kind, name in COUNTED]
    return Result(figures, lines, [Table("mailboxes", _("By mailbox"), heads, rows)])


def _by_hour(scope: Scope) -> Result:
    facts = scope.of_everybody.facts(Fact.Kind.RECEIVED)
    cells: Counter[tuple[int, int]] = Counter()
    for (day, hour), number in numbers(facts, "day", "hour").items():
        cells[day.weekday(), hour] += number
    rows = [
        Row(name, [cells[weekday, hour] for hour in HOURS], weekday)
        for weekday, name in WEEKDAYS.items()
    ]
    heads = [(f"{hour}:00", Unit.NUMBER) for hour in HOURS]
    return Result(tables=[Table("hours", _("By weekday and hour"), heads, rows)])


TRAFFIC = Metric(
    key="traffic",
    name=_("Traffic by mailbox"),
    definition=_(
        "E-mails that came in, spam left out; e-mails that members sent, forwards and new"
        " ones included; and spam that came in. What came in counts when it was written,"
        " in the mailbox where its conversation lay then."
    ),
    measure=_traffic,
    kinds=(Fact.Kind.RECEIVED, Fact.Kind.SENT, Fact.Kind.SPAM),
)

BY_HOUR = Metric(
    key="traffic-by-hour",
    name=_("Traffic by hour and weekday"),
    definition=_(
        "E-mails that came in, spam left out, by the weekday and the hour when they were"
        " written, on the account's clock."
    ),
    measure=_by_hour,
    kinds=(Fact.Kind.RECEIVED,),
)
