"""Tells the history of conversations from the log, and finds the facts in it.

A pure function of the rows: told again, it finds the same. What each kind of fact means
is said by the metrics that count it, in ``measures``.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from wagtail_ecp.journal.models import Action
from wagtail_ecp.metrics.hindsight import look_back
from wagtail_ecp.metrics.models import Fact
from wagtail_ecp.metrics.story import LONGEST_WAY, Found, Letter, Story

Kind = Action.Kind
Teller = Callable[[Story, Action], None]


class Moment(NamedTuple):
    """When to tell what of which action."""

    at: datetime
    number: int
    tell: Teller
    action: Action


def facts_of(log: Iterable[Action]) -> list[Found]:
    """Return the facts that follow from a log in its order.

    It has every action on some conversations, and on all that were ever part of them or
    of which they were part.
    """
    actions = list(log)
    story = Story(look_back(actions))
    for moment in sorted(_moments(actions), key=lambda moment: moment[:2]):
        moment.tell(story, moment.action)
    _end(story)
    return story.facts


def _moments(actions: Iterable[Action]) -> Iterator[Moment]:
    for action in actions:
        if action.kind == Kind.RECEIVED:
            # It is written down at the end of a batch, and may be answered before.
            yield Moment(_time(action, "stored"), action.pk, _enter, action)
        if action.kind in TELLERS:
            yield Moment(action.at, action.pk, TELLERS[action.kind], action)


def _time(action: Action, name: str) -> datetime:
    written = action.data.get(name)
    return datetime.fromisoformat(written) if written else action.at


def _enter(story: Story, action: Action) -> None:
    """Take in what came; past mail is known from now on, and nothing to count."""
    data, number = action.data, action.message_number or 0
    thread = story.thread(action)
    at = max(_time(action, "at"), _time(action, "stored") - LONGEST_WAY)
    is_history = bool(data.get("is_history"))
    letter = Letter(
        number,
        thread.number,
        at,
        is_history=is_history,
        is_question=not (is_history or data.get("is_automatic")),
    )
    answers = (one for one in story.accepted(thread) if one.is_answer)
    # It crossed with an answer, or came late: the answer is the latest word.
    letter.is_answered = any(answer.at >= at for answer in answers)
    story.letters[number] = letter
    if is_history:
        return
    is_spam = story.known.is_spam(number)
    story.note(Fact.Kind.SPAM if is_spam else Fact.Kind.RECEIVED, action, at=at)
    if story.known.machines.get(number):
        story.note(Fact.Kind.CAUGHT, action, at=at)
    if "page" in data and not is_spam:
        page, title = data["page"], data.get("title", "")
        story.note(Fact.Kind.SUBMITTED, action, at=at, page=page, title=title)


def _received(story: Story, action: Action) -> None:
    is_change = not action.data.get("is_history")
    story.lie(action, _folder(story, action), is_change=is_change)


def _sent(story: Story, action: Action) -> None:
    """Tell what a member sent; if it left, it counts from that moment."""
    thread, number = story.thread(action), action.message_number or 0
    if story.known.left(number):
        letter = Letter(number, thread.number, action.at, is_ours=True)
        story.letters[number] = letter
        is_by_hand = not action.data.get("is_automatic")
        story.note(Fact.Kind.SENT, action)
        if "begun" in action.data and is_by_hand:
            story.note(Fact.Kind.HANDLED, action, began=_time(action, "begun"))
        if action.kind == Kind.REPLIED and is_by_hand:
            _answer(story, action)
            letter.is_answer = True
    is_change = story.known.counts(action)
    story.lie(action, _folder(story, action), is_change=is_change)


def _answer(story: Story, action: Action) -> None:
    """Let whoever waits in the conversation have a person's public answer."""
    thread = story.thread(action)
    story.note(Fact.Kind.ANSWERED, action)
    inside = story.accepted(thread)
    creation = story.creation(thread)
    is_first = not any(one.is_answer or one.is_answered for one in inside)
    if creation is not None and is_first:
        story.note(Fact.Kind.FIRST_RESPONSE, action, began=creation.at)
    waiting = list(story.waiting(thread))
    if waiting:
        story.note(Fact.Kind.RESPONSE, action, began=waiting[0].at)
    for letter in waiting:
        letter.is_answered = True


def _filed(story: Story, action: Action) -> None:
    is_change = story.known.counts(action)
    if "before" in action.data:
        story.lie(action, action.data["before"], is_change=False)
    story.lie(action, action.data.get("after", ""), is_change=is_change)


def _snoozed(story: Story, action: Action) -> None:
    is_change = story.known.counts(action)
    story.lie(action, action.data["before"]["folder"], is_change=False)
    story.lie(action, action.data["after"]["folder"], is_change=is_change)


def _undone(story: Story, action: Action) -> None:
    """Most undoings are told by what they do; a snooze ends where it began."""
    folder = story.thread(action).folder
    if action.data.get("kind") in (Kind.SNOOZED, Kind.WOKEN):
        undone = story.known.actions.get(action.data["action"])
        folder = undone.data["before"]["folder"] if undone else folder
    story.lie(action, folder, is_change=False)


def _moved(story: Story, action: Action) -> None:
    """Say where it lies; told of what changes no more, or only mailbox or folder."""
    story.lie(action, _folder(story, action), is_change=False)


def _merged(story: Story, action: Action) -> None:
    data, number = action.data, action.conversation_number or 0
    if "into" in data:  # As the part tells it.
        story.lie(action, "", is_change=False)
        return
    story.move_letters(list(story.letters), source=data["with"], target=number)
    _moved(story, action)


def _unmerged(story: Story, action: Action) -> None:
    data, number = action.data, action.conversation_number or 0
    if "from" in data:
        messages = data.get("messages", ())
        story.move_letters(messages, source=number, target=data["from"])
    _moved(story, action)


def _split(story: Story, action: Action) -> None:
    data, number = action.data, action.conversation_number or 0
    if "into" in data:
        messages = data.get("messages", ())
        story.move_letters(messages, source=number, target=data["into"])
    _moved(story, action)


def _assigned(story: Story, action: Action) -> None:
    if action.data.get("key") and story.known.counts(action):
        to = {"user": action.data["key"], "user_name": action.data.get("to", "")}
        story.note(Fact.Kind.ASSIGNED, action, **to)


def _purged(story: Story, action: Action) -> None:
    story.lie(action, "", is_change=False)


def _folder(story: Story, action: Action) -> str:
    return str(action.data.get("folder", story.thread(action).folder))


def _end(story: Story) -> None:
    """Find what only the whole history tells: last closes, and who corrected whom."""
    for thread in story.threads.values():
        began = story.creation(thread)
        if thread.close is not None and began is not None:
            last = replace(thread.close, kind=Fact.Kind.RESOLVED, began=began.at)
            story.facts.append(last)
    for number, (is_spam, action) in story.known.members.items():
        was_spam = story.known.machines.get(number)
        if was_spam is not None and was_spam != is_spam:
            kind = Fact.Kind.MISSED if is_spam else Fact.Kind.RESCUED
            story.note(kind, action, message=number)


#: What each kind of action tells; the others of the log only say what holds in the end.
TELLERS: dict[str, Teller] = {
    Kind.RECEIVED: _received,
    Kind.REPLIED: _sent,
    Kind.FORWARDED: _sent,
    Kind.BEGUN: _sent,
    Kind.UNSENT: _moved,
    Kind.CHANGED_FOLDER: _filed,
    Kind.SNOOZED: _snoozed,
    Kind.UNDONE: _undone,
    Kind.SWITCHED: _moved,
    Kind.MERGED: _merged,
    Kind.UNMERGED: _unmerged,
    Kind.SPLIT: _split,
    Kind.ASSIGNED: _assigned,
    Kind.PURGED: _purged,
}
