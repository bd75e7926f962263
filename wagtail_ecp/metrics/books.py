"""Keeps the facts: written anew from the log wherever it has grown, and all at once.

Whoever writes facts holds the books' row, so that two never write the same. Everything
is done in pieces, each in one transaction; killed anywhere, it goes on.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from wagtail_ecp.accounts.models import THE_ONE, Account
from wagtail_ecp.journal.models import Action
from wagtail_ecp.metrics.dating import rows_of
from wagtail_ecp.metrics.history import facts_of
from wagtail_ecp.metrics.log import families
from wagtail_ecp.metrics.models import Books, Fact

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Actions, or conversations, in one transaction.
ACTIONS = 500
CONVERSATIONS = 200

COLUMNS = [f.attname for f in Fact._meta.concrete_fields if not f.primary_key]


@dataclass(frozen=True)
class Progress:
    """How far a rebuilding is."""

    is_done: bool
    position: int
    #: Facts that were wrong, missing or too many.
    differed: int


@transaction.atomic
def count_waiting() -> int:
    """Let the facts follow the next actions, and return how many these were."""
    books = _locked()
    waiting = Action.objects.to_be_counted().order_by("pk")
    rows = list(waiting.values_list("pk", "conversation_number")[:ACTIONS])
    if not rows:
        return 0
    _replace({number for _key, number in rows if number}, zone=_zone(books))
    # What is recorded meanwhile bears its own mark.
    read = Action.objects.filter(pk__in=[key for key, _number in rows])
    read.update(is_to_be_counted=False)
    return len(rows)


def is_waiting() -> bool:
    """Whether the log has grown since the facts last followed it."""
    return Action.objects.to_be_counted().exists()


def is_rebuild_due() -> bool:
    """Whether facts are to be rebuilt: begun, just upgraded, or in another zone."""
    books = Books.objects.first()
    if books is None:
        return Action.objects.filter(conversation_number__isnull=False).exists()
    return books.rebuilt_to is not None or books.zone != account_zone()


def account_zone() -> str:
    """Return the zone whose days the facts have."""
    return Account.objects.current().time_zone


@transaction.atomic
def begin_rebuild() -> None:
    """Have all facts rebuilt from the beginning."""
    _begin(_locked())


@transaction.atomic
def rebuild_piece() -> Progress:
    """Rebuild the next conversations' facts; begins if no rebuilding was begun."""
    books = _locked()
    if books.rebuilt_to is None or books.zone != account_zone():
        _begin(books)
    begin = books.rebuilt_to or 0
    numbers = _numbers(after=begin)
    is_last = len(numbers) < CONVERSATIONS
    stored = Fact.objects.filter(conversation_number__gt=begin)
    if not is_last:
        stored = stored.filter(conversation_number__lte=numbers[-1])
    books.differed += _write(_found(numbers), stored, zone=books.zone, only=numbers)
    books.rebuilt_to = None if is_last else numbers[-1]
    books.save()
    position = numbers[-1] if numbers else begin
    return Progress(is_last, position, books.differed)


def _begin(books: Books) -> None:
    books.rebuilt_to, books.differed, books.zone = 0, 0, account_zone()
    books.save()


def _locked() -> Books:
    books, _made = Books.objects.select_for_update().get_or_create(
        pk=THE_ONE, defaults={"zone": account_zone(), "rebuilt_to": 0}
    )
    return books


def _zone(books: Books) -> str:
    """Return the zone of new facts; those of another are rebuilt by and by."""
    return books.zone or account_zone()


def _numbers(*, after: int) -> list[int]:
    named = Action.objects.filter(conversation_number__gt=after)
    numbers = named.order_by("conversation_number").values_list("conversation_number")
    return [number for (number,) in numbers.distinct()[:CONVERSATIONS] if number]


def _replace(numbers: Collection[int], *, zone: str) -> None:
    found = list(_found(numbers))
    # Of relatives too: what became of one may change what is true of another.
    logs = {number for one in found for number in one.relatives} | set(numbers)
    _write(found, Fact.objects.filter(conversation_number__in=logs), zone=zone)


@dataclass(frozen=True)
class Family:
    """What the log of some related conversations tells."""

    relatives: frozenset[int]
    facts: list[Any]


def _found(numbers: Collection[int]) -> Iterable[Family]:
    for log in families(numbers):
        relatives = frozenset(action.conversation_number or 0 for action in log)
        yield Family(relatives, facts_of(log))


def _write(
    families: Iterable[Family],
    stored: "QuerySet[Fact]",
    *,
    zone: str,
    only: Collection[int] | None = None,
) -> int:
    """Make ``stored`` what was found; return how many facts were wrong."""
    found = [fact for family in families for fact in family.facts]
    if only is not None:
        chosen = set(only)
        found = [fact for fact in found if fact.conversation in chosen]
    rows = rows_of(found, zone=zone)
    left = Counter(_values(row) for row in rows)
    surplus, missing = [], []
    for row in stored.order_by("pk"):
        if left[_values(row)] > 0:
            left[_values(row)] -= 1
        else:
            surplus.append(row)
    for row in rows:
        if left[_values(row)] > 0:
            left[_values(row)] -= 1
            missing.append(row)
    Fact.objects.filter(pk__in=[row.pk for row in surplus]).delete()
    Fact.objects.bulk_create(missing)
    return len({_identity(row) for row in (*surplus, *missing)})


def _identity(row: Fact) -> tuple[str, int, int, int | None]:
    """Return what makes two rows the same fact, right or wrong."""
    return row.kind, row.action_number, row.conversation_number, row.message_number


def _values(row: Fact) -> tuple[Any, ...]:
    return tuple(getattr(row, column) for column in COLUMNS)
