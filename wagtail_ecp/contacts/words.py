"""Finds contacts by the beginnings of words in their names and addresses.

Each word is a row of its own, so that an index answers what somebody has typed so far;
accents and case make no difference.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.db.models.lookups import StartsWith

from wagtail_ecp.contacts.models import Contact, ContactWord

if TYPE_CHECKING:
    from wagtail_ecp.mail.addresses import Address

#: Characters of a word that are looked at.
LONGEST = 100
#: Of one name with its address, or of what somebody typed.
MOST_WORDS = 12
#: After any character that a word may have: a text below it begins with the word.
_LAST = chr(0x10FFFF)


class Begins(StartsWith):
    """Whether a column begins with a text, answered from the column's index.

    PostgreSQL has one for patterns; SQLite's LIKE ignores case and so its indexes.
    """

    def as_sqlite(self, compiler: Any, _connection: Any) -> tuple[str, list[Any]]:
        """Compare with the first and the last text that begin so."""
        column, parameters = compiler.compile(self.lhs)
        text = str(self.rhs)
        words = [*parameters, text, *parameters, text + _LAST]
        return f"({column} >= %s AND {column} < %s)", words


def folded(text: str) -> str:
    """Return ``text`` without accents and case."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def typed_words(text: str) -> list[str]:
    """Return what is to be looked for; a piece with an "@" is not cut further."""
    pieces = folded(text[: LONGEST * MOST_WORDS]).split()
    words = [
        word for piece in pieces for word in ([piece] if "@" in piece else _cut(piece))
    ]
    return [word[:LONGEST] for word in dict.fromkeys(words)][:MOST_WORDS]


def words_of(name: str, address: str) -> list[str]:
    """Return the words by which this person is found: the whole address is one."""
    found = [folded(address), *_cut(folded(address)), *_cut(folded(name))]
    return [word[:LONGEST] for word in dict.fromkeys(found) if word][:MOST_WORDS]


def learn(contacts: "Iterable[tuple[Contact, Address]]") -> None:
    """Write down the words of contacts that have none yet, with one statement."""
    ContactWord.objects.bulk_create(
        ContactWord(contact=contact, word=word, is_added=contact.is_added)
        for contact, address in contacts
        for word in words_of(contact.name, address.address)
    )


def learn_anew(contact: Contact) -> None:
    """Write down the words of one contact whose name or addresses changed."""
    addresses = list(contact.addresses.order_by("pk").values_list("address", flat=True))
    contact.sort_key = sort_key(contact.name, addresses[0] if addresses else "")
    contact.save(update_fields=["sort_key"])
    words = {word for address in addresses for word in words_of(contact.name, address)}
    contact.words.all().delete()
    ContactWord.objects.bulk_create(
        ContactWord(contact=contact, word=word, is_added=contact.is_added)
        for word in sorted(words)
    )


def sort_key(name: str, address: str) -> str:
    """Return what orders a list of contacts."""
    return folded(name or address)[:255]


def beginning_with(
    words: Iterable[str], *, is_added: bool, look_at: int
) -> QuerySet[Contact]:
    """Return contacts that have a word beginning with each of ``words``.

    At most ``look_at`` rows of the longest word are looked at, as the index gives them,
    so that a single letter costs no more than a name.
    """
    longest, *others = sorted(words, key=len, reverse=True)
    numbers = _with_word(longest, is_added=is_added)[:look_at]
    found = Contact.objects.filter(pk__in=numbers)
    for word in others:
        found = found.filter(pk__in=_with_word(word, is_added=is_added))
    return found


def _with_word(word: str, *, is_added: bool) -> QuerySet[ContactWord, int]:
    # "In", because a bare boolean is a condition that SQLite has no index for.
    rows = ContactWord.objects.filter(Begins(F("word"), word), is_added__in=[is_added])
    found: QuerySet[ContactWord, int] = rows.values_list("contact", flat=True)
    return found


def _cut(text: str) -> list[str]:
    return re.findall(r"\w+", text.replace("_", " "))
