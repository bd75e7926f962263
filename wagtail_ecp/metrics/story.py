"""What a history is about: conversations, their messages, and the facts found so far."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from wagtail_ecp.inbox.models import Folder
from wagtail_ecp.journal.models import Action
from wagtail_ecp.metrics.hindsight import Hindsight
from wagtail_ecp.metrics.models import Fact

#: Mail does not travel longer (RFC 5321 section 4.5.4.1): an older date is wrong.
LONGEST_WAY = timedelta(days=5)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A fact, before it is known what day it was at the account's place."""

    kind: Fact.Kind
    at: datetime
    #: Of what took its time.
    began: datetime | None = None
    mailbox: int
    conversation: int
    message: int | None = None
    action: int
    user: str = ""
    user_name: str = ""
    page: int | None = None
    title: str = ""


@dataclass
class Letter:
    """A message as the log tells of it."""

    number: int
    conversation: int
    at: datetime
    is_ours: bool = False
    #: Neither automatic nor from before our time: somebody waits for an answer.
    is_question: bool = False
    is_history: bool = False
    #: Ours: an answer that a person wrote. Theirs: somebody has answered it.
    is_answer: bool = False
    is_answered: bool = False


@dataclass
class Thread:
    """A conversation as the log tells of it; in no folder: it is gone, or a part."""

    number: int
    mailbox: int = 0
    folder: str = ""
    #: The close that holds, and the one that a merge or an undo set aside.
    close: Found | None = None
    set_aside: Found | None = None
    was_resolved: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it lies in the inbox, asleep or not."""
        return self.folder == Folder.INBOX


@dataclass
class Story:
    """A history as it is told, action by action."""

    known: Hindsight
    threads: dict[int, Thread] = field(default_factory=dict)
    letters: dict[int, Letter] = field(default_factory=dict)
    facts: list[Found] = field(default_factory=list)

    def thread(self, action: Action) -> Thread:
        """Return the conversation that ``action`` is about."""
        number = action.conversation_number or 0
        return self.threads.setdefault(number, Thread(number))

    def note(self, kind: Fact.Kind, action: Action, **more: Any) -> Found:
        """Note that a fact follows from ``action``; ``more`` says what is different."""
        fact = Found(
            kind=kind,
            at=action.at,
            mailbox=action.mailbox_number or self.thread(action).mailbox,
            conversation=action.conversation_number or 0,
            message=action.message_number,
            action=action.pk,
            user=str(action.user_id or ""),
            user_name=action.user_name,
        )
        self.facts.append(replace(fact, **more))
        return self.facts[-1]

    def accepted(self, thread: Thread) -> list[Letter]:
        """Return what a conversation has that is no spam, the first written first."""
        inside = (
            letter
            for letter in self.letters.values()
            if letter.conversation == thread.number
        )
        chosen = [one for one in inside if not self.known.is_spam(one.number)]
        return sorted(chosen, key=lambda one: (one.at, one.number))

    def creation(self, thread: Thread) -> Letter | None:
        """Return the question that began a conversation.

        None if we began it, if nobody asked, or if it is older than the account.
        """
        accepted = self.accepted(thread)
        if not accepted or accepted[0].is_ours:
            return None
        if any(letter.is_history for letter in accepted):
            return None
        return next((one for one in accepted if one.is_question), None)

    def waiting(self, thread: Thread) -> Iterator[Letter]:
        """Yield the questions that nobody has answered yet, the oldest first."""
        for letter in self.accepted(thread):
            if letter.is_question and not letter.is_answered:
                yield letter

    def move_letters(self, numbers: Any, *, source: int, target: int) -> None:
        """Put these messages, where ``source`` has them, into another conversation."""
        for number in numbers:
            letter = self.letters.get(number)
            if letter is not None and letter.conversation == source:
                letter.conversation = target

    def lie(
        self,
        action: Action,
        folder: str,
        *,
        is_change: bool,
        mailbox: int | None = None,
    ) -> None:
        """Let the conversation of ``action`` lie in ``folder`` of ``mailbox`` from now.

        ``is_change`` if somebody opened or closed it by that; else it merely lies there.
        """
        thread = self.thread(action)
        there = mailbox or action.mailbox_number or thread.mailbox
        stays = thread.is_open and folder == Folder.INBOX and thread.mailbox == there
        if thread.is_open and not stays:
            self.note(Fact.Kind.LEFT, action, mailbox=thread.mailbox)
        if folder == Folder.INBOX and not stays:
            self.note(Fact.Kind.ENTERED, action, mailbox=there)
        came_from, thread.folder, thread.mailbox = thread.folder, folder, there
        if folder == came_from:
            return
        if folder == Folder.INBOX:
            self._open(thread, is_change=is_change)
        elif folder == Folder.ARCHIVE and came_from:
            self._close(thread, action, is_change=is_change)

    def _open(self, thread: Thread, *, is_change: bool) -> None:
        if thread.close is None:
            return
        if is_change:
            self.facts.append(replace(thread.close, kind=Fact.Kind.REOPENED))
        else:
            thread.set_aside = thread.close
        thread.close = None

    def _close(self, thread: Thread, action: Action, *, is_change: bool) -> None:
        if not is_change:
            thread.close = thread.close or thread.set_aside
        elif thread.close is None:
            thread.close = self.note(Fact.Kind.CLOSED, action)
            began = self.creation(thread)
            if began is not None and not thread.was_resolved:
                self.note(Fact.Kind.RESOLVED_FIRST, action, began=began.at)
                thread.was_resolved = True
        thread.set_aside = None
