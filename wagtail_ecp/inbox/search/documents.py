"""What a conversation says, as the search index takes it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, islice
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet
from django.db.models.functions import Left

from wagtail_ecp.inbox.models import Attachment, Conversation, Message, Note
from wagtail_ecp.inbox.search.tokens import Zone, passage

#: Of each message so many characters, of a conversation so many words and messages:
#: PostgreSQL forgets the places of words beyond the 16,383rd.
CHARACTERS: Final = 20_000
WORDS: Final = 12_000
MESSAGES: Final = 200
PEOPLE: Final = 200


class Document(NamedTuple):
    """One conversation for the index."""

    number: int
    mailbox_id: int
    # Subjects, people, files and notes; what counts more when results are ranked.
    head: str
    body: str


def documents(conversations: Collection[Conversation]) -> list[Document]:
    """Return the documents of these conversations, for four queries."""
    numbers = [conversation.pk for conversation in conversations]
    messages = _grouped(
        Message.objects.filter(conversation__in=numbers)
        .order_by("-at", "-pk")
        .annotate(beginning=Left("text", CHARACTERS))
        .values_list(
            *("conversation_id", "subject", "sender_name", "sender_address"),
            *("addresses", "beginning"),
        )
    )
    files = Attachment.objects.filter(message__conversation__in=numbers).order_by("pk")
    names = _grouped(files.values_list("message__conversation_id", "name"))
    notes = _grouped(
        Note.objects.filter(conversation__in=numbers)
        .order_by("-pk")
        .annotate(beginning=Left("text", CHARACTERS))
        .values_list("conversation_id", "beginning")
    )
    return [
        _document(row, messages[row.pk], names[row.pk], notes[row.pk])
        for row in conversations
    ]


def _grouped(rows: QuerySet[Any, Any]) -> defaultdict[int, list[tuple[Any, ...]]]:
    found: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for number, *values in rows:
        if len(found[number]) < MESSAGES:
            found[number].append(tuple(values))
    return found


def _document(
    conversation: Conversation,
    messages: list[tuple[Any, ...]],
    names: list[tuple[Any, ...]],
    notes: list[tuple[Any, ...]],
) -> Document:
    subjects = [conversation.subject, *(row[0] for row in messages)]
    people = chain.from_iterable(_people(*row[1:4]) for row in messages)
    head = chain(
        _passages(Zone.SUBJECT, subjects),
        chain.from_iterable(passage(*who) for who in _first(people)),
        _passages(Zone.FILE, (name for (name,) in names)),
        _passages(Zone.NOTE, (text for (text,) in notes)),
    )
    body = chain.from_iterable(passage(Zone.BODY, row[4]) for row in messages)
    words = list(islice(chain(head), WORDS))
    rest = islice(body, WORDS - len(words))
    return Document(
        number=conversation.pk,
        mailbox_id=conversation.mailbox_id,
        head=" ".join(words),
        body=" ".join(rest),
    )


def _passages(zone: Zone, texts: Iterable[str]) -> Iterator[str]:
    for text in dict.fromkeys(texts):
        yield from passage(zone, text)


def _first(people: Iterable[tuple[Zone, str]]) -> Iterable[tuple[Zone, str]]:
    """Return each name and address once, of a crowd the first ones."""
    return islice(dict.fromkeys(people), PEOPLE)


def _people(
    name: str, address: str, addresses: dict[str, list[list[str]]]
) -> Iterator[tuple[Zone, str]]:
    """Yield who wrote the message and whom to: names, addresses, both together."""
    yield from ((Zone.FROM, text) for text in (name, address) if text)
    for kind, zone in (("to", Zone.TO), ("bcc", Zone.TO), ("cc", Zone.CC)):
        for pair in addresses.get(kind) or ():
            yield from ((zone, text) for text in pair if text)
