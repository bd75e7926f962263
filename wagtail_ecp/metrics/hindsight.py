"""What holds in the end: verdicts, what was undone, what never left.

A first look at the whole log of a conversation, so that what turned out to be spam, or a
mistake that was taken back at once, counts from the beginning as what it is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from wagtail_ecp.journal.models import Action

Kind = Action.Kind


@dataclass
class Hindsight:
    """What is known at the end of the log."""

    #: The log, by number.
    actions: dict[int, Action] = field(default_factory=dict)
    #: Numbers of actions that were taken back, and of those that took them back.
    undone: set[int] = field(default_factory=set)
    #: Numbers of messages that were taken back before they left.
    taken_back: set[int] = field(default_factory=set)
    #: Numbers of messages that could not be sent in the end.
    failed: set[int] = field(default_factory=set)
    #: By message: whether it is spam, as the filter says.
    machines: dict[int, bool] = field(default_factory=dict)
    #: By message: whether it is spam, as a member said, and when they did.
    members: dict[int, tuple[bool, Action]] = field(default_factory=dict)

    def is_spam(self, message: int) -> bool:
        """Whether a message is spam; a member's word goes over the filter's."""
        if message in self.members:
            return self.members[message][0]
        return self.machines.get(message, False)

    def left(self, message: int | None) -> bool:
        """Whether a message of ours is on its way or arrived, as far as we know."""
        return message not in self.taken_back | self.failed

    def counts(self, action: Action) -> bool:
        """Whether what was done was meant and stayed so."""
        return action.pk not in self.undone and (
            action.message_number not in self.taken_back
        )


def look_back(log: Iterable[Action]) -> Hindsight:
    """Read a log, in order, to its end."""
    actions = list(log)
    known = Hindsight({action.pk: action for action in actions})
    for action in actions:
        if action.kind == Kind.UNDONE:
            _undo(known, action.data.get("action", 0))
        elif action.kind == Kind.UNSENT and action.message_number:
            known.taken_back.add(action.message_number)
        if "undoes" in action.data:
            known.undone.add(action.pk)
    for action in actions:
        read = READERS.get(action.kind)
        if read and known.counts(action):
            read(known, action)
    return known


def _undo(known: Hindsight, number: int) -> None:
    known.undone.add(number)
    undone = known.actions.get(number)
    if undone is not None and "mark" in undone.data:
        # The judgement that a folder followed is taken back with it.
        known.undone.add(undone.data["mark"])


def _by_machine(known: Hindsight, action: Action) -> None:
    if action.message_number:
        known.machines[action.message_number] = bool(action.data.get("is_spam"))


def _by_machine_again(known: Hindsight, action: Action) -> None:
    known.members.pop(action.message_number or 0, None)
    _by_machine(known, action)


def _by_member(known: Hindsight, action: Action) -> None:
    is_spam = action.kind == Kind.MARKED_SPAM
    for number, *_before in action.data.get("before", {}).get("scores", ()):
        known.members[number] = is_spam, action


def _by_answer(known: Hindsight, action: Action) -> None:
    """Whom one answers is no spammer."""
    for number in action.data.get("wanted", ()):
        known.members[number] = False, action


def _failed(known: Hindsight, action: Action) -> None:
    known.failed.add(action.message_number or 0)


def _under_way(known: Hindsight, action: Action) -> None:
    known.failed.discard(action.message_number or 0)


READERS: dict[str, Callable[[Hindsight, Action], None]] = {
    Kind.RECEIVED: _by_machine,
    Kind.JUDGED_AGAIN: _by_machine,
    Kind.MARK_TAKEN_BACK: _by_machine_again,
    Kind.MARKED_SPAM: _by_member,
    Kind.MARKED_WANTED: _by_member,
    Kind.REPLIED: _by_answer,
    Kind.SEND_FAILED: _failed,
    Kind.SEND_RETRIED: _under_way,
    Kind.SEND_UNKNOWN: _under_way,
    Kind.SEND_SETTLED: _under_way,
    Kind.SENT: _under_way,
}
