"""What a draft begins with: to whom, about what, signed by whom."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.html import escape

from wagtail_ecp.inbox.answers import forward_subject, reply_subject
from wagtail_ecp.inbox.models import (
    Conversation,
    Draft,
    Mailbox,
    MemberProfile,
    Message,
)
from wagtail_ecp.inbox.quotes import attribution, text_lines
from wagtail_ecp.inbox.recipients import copies_of, to_answer
from wagtail_ecp.inbox.rich_text import (
    as_plain,
    from_plain,
    quote_paragraphs,
    without_room,
)
from wagtail_ecp.inbox.signatures import is_bare, replaced, signature_of, signed

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Kind = Draft.Kind


def answered_message(messages: Sequence[Message]) -> Message | None:
    """Return what an answer answers: the last that came in, else our own last.

    Spam is answered only where there is nothing else.
    """
    accepted = [message for message in messages if not message.is_spam]
    wanted = [message for message in accepted if not message.is_ours]
    return next(reversed(wanted or accepted or messages), None)


def newest(messages: Iterable[Message]) -> int:
    """Return the number of the message that was stored last, 0 if there is none."""
    return max((message.pk for message in messages), default=0)


def begun(
    mailbox: Mailbox, *, by: "User | Any", profile: MemberProfile | None = None
) -> Draft:
    """Return a new e-mail from ``mailbox``, not saved, as ``by`` first sees it.

    ``profile`` is that of ``by``, if it has been read already.
    """
    profile = profile or MemberProfile.objects.of(by)
    is_plain = profile.writes_plain
    signature = profile.signature or mailbox.signature
    return Draft(
        mailbox=mailbox,
        kind=Kind.NEW,
        author=by,
        is_plain=is_plain,
        body=signed(signature, is_plain=is_plain),
        version=0,
    )


def answer_to(
    conversation: Conversation,
    messages: Sequence[Message],
    *,
    kind: Kind,
    by: Any,
    profile: MemberProfile | None = None,
) -> Draft:
    """Return an answer to the last of ``messages``, not saved, as ``by`` first sees it."""
    draft = begun(conversation.mailbox, by=by, profile=profile)
    draft.conversation = conversation
    draft.seen = newest(messages)
    address(draft, kind, answered_message(messages))
    return draft


def address(draft: Draft, kind: Kind, answers: Message | None) -> None:
    """Make ``draft`` a reply to ``answers``, a reply to all of it, or its forward."""
    conversation = draft.conversation
    draft.kind, draft.answers = kind, answers
    draft.to = draft.cc = ""
    draft.originals = []
    if answers is None or conversation is None:
        draft.subject = conversation.subject if conversation else draft.subject
        return
    if kind == Kind.FORWARD:
        draft.originals = list(answers.attachments.values_list("index", flat=True))
        draft.subject = forward_subject(answers.subject)
        return
    draft.subject = reply_subject(answers.subject)
    draft.to = to_answer(answers)
    if kind == Kind.REPLY_ALL:
        draft.cc = copies_of(answers, conversation)


def untouched(draft: Draft, *, by: Any) -> bool:
    """Whether nothing but a signature stands in it."""
    signature = signature_of(by, draft.mailbox)
    return is_bare(draft.body, signature, is_plain=draft.is_plain)


def switch(draft: Draft) -> None:
    """Make rich text plain, or plain text rich."""
    draft.body = from_plain(draft.body) if draft.is_plain else as_plain(draft.body)
    draft.is_plain = not draft.is_plain


def pull_in_quote(draft: Draft, *, by: Any) -> None:
    """Put what is answered into the text, line by line, to be answered in between."""
    if draft.answers is None:
        return
    signature = signature_of(by, draft.mailbox)
    written = replaced(draft.body, signature, "", is_plain=draft.is_plain)
    lines = [attribution(draft.answers), *text_lines(draft.answers)]
    below = signed(signature, is_plain=draft.is_plain)
    if draft.is_plain:
        quote = "\n".join([lines[0], *(f"> {line}".rstrip() for line in lines[1:])])
        draft.body = f"{written.strip()}\n\n{quote}\n{below}".lstrip("\n")
    else:
        quote = f"<p>{escape(lines[0])}</p>{quote_paragraphs(lines[1:])}"
        draft.body = f"{without_room(written)}{quote}{below or '<p></p>'}"
    draft.has_quote = False
