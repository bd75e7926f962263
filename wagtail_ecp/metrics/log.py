"""Reads the journal by families: conversations that were ever merged or split."""

from collections.abc import Collection, Iterator

from wagtail_ecp.journal.actions import COUNTED
from wagtail_ecp.journal.models import Action

#: What names another conversation, and as what.
TIES = {
    Action.Kind.MERGED: ("with", "into"),
    Action.Kind.UNMERGED: ("from", "of"),
    Action.Kind.SPLIT: ("from", "into"),
}


def families(numbers: Collection[int]) -> Iterator[list[Action]]:
    """Yield the logs of these conversations, each with those of all its relatives.

    Both sides of a merge or a split name the other, so that any member leads to all.
    """
    logs = _logs(set(numbers))
    left = set(numbers)
    while left:
        members = _family(min(left), logs)
        left -= members
        actions = [action for number in members for action in logs.get(number, ())]
        yield sorted(actions, key=lambda action: action.pk)


def _logs(wanted: set[int]) -> dict[int, list[Action]]:
    logs: dict[int, list[Action]] = {}
    while wanted:
        logs |= {number: [] for number in wanted}
        rows = Action.objects.filter(conversation_number__in=wanted, kind__in=COUNTED)
        found = list(rows.order_by("pk"))
        for action in found:
            logs[action.conversation_number or 0].append(action)
        wanted = {number for action in found for number in _named(action)} - set(logs)
    return logs


def _family(number: int, logs: dict[int, list[Action]]) -> set[int]:
    members, new = {number}, [number]
    while new:
        log = logs.get(new.pop(), ())
        relatives = {other for action in log for other in _named(action)} - members
        members |= relatives
        new += relatives
    return members


def _named(action: Action) -> set[int]:
    names = TIES.get(Action.Kind(action.kind), ())
    return {action.data[name] for name in names if name in action.data}
