"""What members do."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.journal.actions import display_name
from wagtail_ecp.metrics.measures.metric import Counted, Metric, count, numbers
from wagtail_ecp.metrics.models import Fact, FactQuerySet
from wagtail_ecp.metrics.results import Result, Row, Table, Unit, Value
from wagtail_ecp.metrics.scope import Scope
from wagtail_ecp.metrics.spread import Key, durations

T = TypeVar("T")

COUNTED: tuple[Counted, ...] = (
    ("answered", Fact.Kind.ANSWERED, _("Answered")),
    ("closed", Fact.Kind.CLOSED, _("Closed")),
    ("assigned", Fact.Kind.ASSIGNED, _("Assigned")),
)
HANDLED = _("Median handle time")
NOTHING: list[Value] = [0, 0, 0, None]

#: A member who is still here, by their key, or one who is gone, by name.
Member = tuple[Any, str]


def _activity(scope: Scope) -> Result:
    figures, lines = count(scope, COUNTED)
    cells: dict[Member, list[Value]] = defaultdict(NOTHING.copy)
    for column, (_key, kind, _name) in enumerate(COUNTED):
        for member, number in _by_member(scope.facts(kind), numbers).items():
            cells[member][column] = number
    handled = _by_member(scope.facts(Fact.Kind.HANDLED), _medians)
    for member, median in handled.items():
        cells[member][-1] = median
    heads = [(name, Unit.NUMBER) for _key, _kind, name in COUNTED]
    heads.append((HANDLED, Unit.SECONDS))
    return Result(
        figures, lines, [Table("members", _("By member"), heads, _rows(cells))]
    )


def _by_member(
    facts: FactQuerySet, read: Callable[[FactQuerySet, str], dict[Key, T]]
) -> dict[Member, T]:
    """Read of each member; the index has their keys, names are read of the gone ones."""
    present = read(facts.filter(user__isnull=False), "user")
    gone = read(facts.filter(user=None).exclude(user_name=""), "user_name")
    return {(key, ""): value for (key,), value in present.items()} | {
        (None, name): value for (name,), value in gone.items()
    }


def _medians(facts: FactQuerySet, by: str) -> dict[Key, int | None]:
    return durations(facts, by).medians()


def _rows(cells: dict[Member, list[Value]]) -> list[Row]:
    users = get_user_model()._default_manager
    keys = [key for key, _name in cells if key is not None]
    names = {user.pk: display_name(user) for user in users.filter(pk__in=keys)}
    rows = [
        Row(names.get(key, "") or name, values, key)
        for (key, name), values in cells.items()
    ]
    return sorted(rows, key=lambda row: (-int(row.values[0] or 0), str(row.name)))


ACTIVITY = Metric(
    key="activity",
    name=_("User activity"),
    definition=_(
        "Of each member: answers that they sent, conversations that they closed, and"
        " conversations that were assigned to them. Handle time is from the beginning of"
        " a draft to its sending, in calendar time, and is known of what was written in"
        " the editor."
    ),
    measure=_activity,
    kinds=(
        Fact.Kind.ANSWERED,
        Fact.Kind.CLOSED,
        Fact.Kind.ASSIGNED,
        Fact.Kind.HANDLED,
    ),
    is_of_members=True,
)
