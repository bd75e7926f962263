"""What the demo's team has already done: contacts, marks and answers.

So the spam filter has learned something, and its picture shows what people decided.
"""

import time
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.utils.html import linebreaks

from sandbox.demo import story
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.answers import Answer, reply_subject
from wagtail_ecp.inbox.models import Conversation, Folder, IncomingMail, Message
from wagtail_ecp.inbox.recipients import reply_address
from wagtail_ecp.spam.models import Mark, Score

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

PATIENCE = 600.0  # seconds until all mail must have been processed
PAUSE = 0.5
MARKED_WANTED = 40
ANSWERED = 12
#: Every third spam is left to the filter, every third answered mail in the inbox.
LEFT = 3
ANSWER = (
    "Thank you for your mail.\n\nWe are looking into it and write again tomorrow.\n"
)

Verdict = Mark.Verdict


def make() -> None:
    """Let the team decide as soon as all demo mail has been processed.

    May be run again after it was stopped: what is decided is left alone.
    """
    _await_processing()
    people = get_user_model()._default_manager
    member = people.get(username="member")
    _add_contacts(member)
    spammers = sorted(_spammers())
    marked = [address for n, address in enumerate(spammers) if n % LEFT]
    for message in _open_to(member).filter(sender_key__in=marked):
        actions.mark(message.conversation, Verdict.SPAM, by=member)
    wanted = _open_to(member).exclude(sender_key__in=spammers)
    questions = wanted.filter(is_automatic=False, is_reply=False).order_by("at")
    for n, message in enumerate(questions[:ANSWERED]):
        _answer(message, member, archive=n % LEFT > 0)
    for message in wanted[:MARKED_WANTED]:
        actions.mark(message.conversation, Verdict.WANTED, by=member)


def _await_processing() -> None:
    deadline = time.monotonic() + PATIENCE
    while IncomingMail.objects.waiting().exists():
        if time.monotonic() > deadline:
            raise TimeoutError("the demo mail was not processed in ten minutes")
        time.sleep(PAUSE)


def _open_to(member: "User") -> "QuerySet[Message]":
    """Return what the member may read and nobody has decided on, oldest first."""
    messages = Message.objects.visible_to(member).select_related("conversation")
    undecided = messages.filter(score__decision=Score.Decision.NONE)
    return undecided.filter(conversation__message_count=1).order_by("at", "pk")


def _spammers() -> set[str]:
    spam = [found for found in story.read_all() if found.kind == "spam"]
    return {letter.sender[1].casefold() for one in spam for letter in one.letters}


def _add_contacts(member: "User") -> None:
    """Whoever has written more than three times is a friend of the house."""
    regulars = Conversation.objects.visible_to(member).filter(
        folder=Folder.INBOX, message_count__gte=4
    )
    for conversation in regulars.order_by("pk"):
        first = conversation.messages.filter(direction="in").order_by("at").first()
        if first is not None and not first.is_automatic:
            actions.add_contact(first, by=member)


def _answer(message: Message, member: "User", *, archive: bool) -> None:
    actions.reply(
        message.conversation,
        Answer(
            to=[reply_address(message)],
            subject=reply_subject(message.subject),
            html=linebreaks(ANSWER),
        ),
        answers=message,
        by=member,
        archive=archive,
    )
