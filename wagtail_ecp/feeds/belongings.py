"""What belongs to messages and conversations, for one query: files, tags and notes."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    F,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast

from wagtail_ecp.feeds.feed import Attachment as File
from wagtail_ecp.inbox.models import Attachment, ConversationTag, Message, Note


@dataclass(frozen=True)
class Written:
    """A note."""

    number: int
    author: str
    text: str
    at: datetime


@dataclass
class Belongings:
    """Files by message, tags by conversation, and the notes of one conversation."""

    files: dict[int, list[File]] = field(default_factory=lambda: defaultdict(list))
    tags: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    notes: list[Written] = field(default_factory=list)


_SPAN: Final = ("ecp_kind", "ecp_owner", "ecp_text", "ecp_word", "ecp_number", "ecp_at")


def of(
    conversations: Collection[int],
    messages: Collection[Message] = (),
    *,
    notes: "QuerySet[Note] | None" = None,
) -> Belongings:
    """Read what belongs to these."""
    parts = [
        _columns(
            ConversationTag.objects.filter(conversation__in=conversations),
            ("tag", "conversation_id", "tag__name"),
        )
    ]
    with_files = [message.pk for message in messages if message.has_attachments]
    if with_files:
        parts.append(
            _columns(
                Attachment.objects.filter(message__in=with_files, is_inline=False),
                ("file", "message_id", "name"),
                word="content_type",
                number="size",
            )
        )
    if notes is not None:
        parts.append(
            _columns(notes, ("note", "pk", "text"), word="author_name", at="at")
        )
    found = Belongings()
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    for kind, owner, text, word, number, at in sorted(rows, key=lambda row: row[:3]):
        if kind == "file":
            file = File(name=text, size=number, content_type=word)
            found.files[owner].append(file)
        elif kind == "tag":
            found.tags[owner].append(text)
        else:
            found.notes.append(Written(owner, word, text, at))
    return found


def _columns(
    rows: "QuerySet[Any]",
    names: tuple[str, str, str],
    *,
    word: str = "",
    number: str = "",
    at: str = "",
) -> "QuerySet[Any, Any]":
    """Return rows of equal columns, as a union wants them."""
    kind, owner, text = names
    texts, numbers, times = TextField(), BigIntegerField(), DateTimeField()
    annotated: QuerySet[Any, Any] = rows.order_by().annotate(
        ecp_kind=Value(kind, output_field=CharField()),
        ecp_owner=Cast(owner, numbers),
        ecp_text=Cast(text, texts),
        ecp_word=Cast(word, texts) if word else Value("", output_field=texts),
        ecp_number=Cast(number, numbers) if number else Value(0, output_field=numbers),
        ecp_at=F(at) if at else Cast(Value(None), times),
    )
    return annotated.values_list(*_SPAN)
