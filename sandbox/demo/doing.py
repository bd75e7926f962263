"""The small steps of the demo's working day: what one person does to a conversation."""

import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.html import linebreaks

from sandbox.demo import assets
from wagtail_ecp.inbox import actions, snooze_times
from wagtail_ecp.inbox.answers import Answer
from wagtail_ecp.inbox.models import UNTIL_REPLY, Conversation, Draft, Folder, Message
from wagtail_ecp.inbox.recipients import reply_address
from wagtail_ecp.inbox.rich_text import from_plain
from wagtail_ecp.inbox.writing import answer_to

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: The demo's people by their log-ins.
People = Mapping[str, "User"]
Step = Callable[[Conversation, People], object]

MEMBER, COLLEAGUE, ADMINISTRATOR = "member", "colleague", "administrator"


def tags(*names: str, by: str = MEMBER) -> Step:
    """Put tags on it."""
    return lambda row, people: actions.tag(row, names, by=people[by])


def given(to: str, *, by: str = MEMBER, note: str = "") -> Step:
    """Have somebody answer for it, and say why."""
    return lambda row, people: actions.assign(
        row, to=people[to], by=people[by], note=note
    )


def note(text: str, *, by: str = MEMBER) -> Step:
    """Tell colleagues something; @names are told of it."""
    return lambda row, people: actions.add_note(row, text, by=people[by])


def read(by: str = MEMBER) -> Step:
    """Have seen it."""
    return lambda row, people: actions.mark_read(row, by=people[by])


def starred(by: str = MEMBER) -> Step:
    """Keep an eye on it."""
    return lambda row, people: actions.star(row, by=people[by])


def followed(by: str = MEMBER) -> Step:
    """Want to be told what comes into it."""
    return lambda row, people: actions.follow(row, by=people[by])


def archived(by: str = MEMBER) -> Step:
    """Be done with it."""
    return lambda row, people: actions.move_to(Folder.ARCHIVE, row, by=people[by])


def contact(by: str = MEMBER) -> Step:
    """Make a contact of who wrote last."""
    return lambda row, people: actions.add_contact(_question(row), by=people[by])


def snoozed(until: str, *, by: str = MEMBER) -> Step:
    """Let it sleep: until "tomorrow", "next week" or "reply"."""

    def step(row: Conversation, people: People) -> object:
        now = timezone.localtime()
        times = {
            "tomorrow": snooze_times.tomorrow(now),
            "next week": snooze_times.next_week(now),
            "reply": UNTIL_REPLY,
        }
        return actions.snooze(row, until=times[until], by=people[by])

    return step


def answered(text: str, *, by: str = MEMBER) -> Step:
    """Send an answer."""

    def step(row: Conversation, people: People) -> object:
        question = _question(row)
        answer = Answer(
            to=[reply_address(question)],
            subject=f"Re: {row.subject.removeprefix('Re: ')}",
            html=linebreaks(text),
        )
        return actions.reply(row, answer, answers=question, by=people[by])

    return step


def drafted(
    text: str,
    *,
    by: str = MEMBER,
    kind: Draft.Kind = Draft.Kind.REPLY,
    to: str = "",
    files: tuple[str, ...] = (),
    is_private: bool = False,
) -> Step:
    """Begin an answer, with files, for colleagues to see or not."""

    def step(row: Conversation, people: People) -> object:
        user = people[by]
        written = answer_to(row, list(row.messages.in_order()), kind=kind, by=user)
        written.to = to or written.to
        written.body = from_plain(text) + written.body
        written.is_private = is_private
        draft = actions.save_draft(written, by=user)
        if files:
            actions.attach(draft, [_file(name) for name in files], by=user)
        return draft

    return step


def leaves_in(time: timedelta, *, by: str = MEMBER) -> Step:
    """Have the draft leave by itself."""

    def step(row: Conversation, people: People) -> object:
        draft = row.drafts.latest("pk")
        at = timezone.now() + time
        return actions.schedule_draft(
            draft, at=at, by=people[by], after={}, has_seen=draft.seen
        )

    return step


def merged_with(subject: str, *, by: str = MEMBER) -> Step:
    """Make it and another one that is about the same one conversation."""

    def step(row: Conversation, people: People) -> object:
        other = Conversation.objects.filter(
            mailbox=row.mailbox, subject=subject, merged_into=None
        ).first()
        return actions.merge(row, other, by=people[by]) if other else None

    return step


def split_at(words: str, *, by: str = MEMBER) -> Step:
    """Make a conversation of its own from the first message with these words on."""

    def step(row: Conversation, people: People) -> object:
        first = row.messages.in_order().filter(text__contains=words).first()
        return actions.split(first, by=people[by]) if first else None

    return step


def _question(row: Conversation) -> Message:
    """Return what came in last."""
    return row.messages.filter(direction=Message.Direction.IN).latest("at")


def _file(name: str) -> actions.GivenFile:
    dice = random.Random(name)  # noqa: S311 - a picture, no secret
    kind, data = assets.make(name, now=timezone.now(), dice=dice)
    return actions.GivenFile(name, kind, data)
