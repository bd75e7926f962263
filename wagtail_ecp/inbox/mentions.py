"""Who is meant by an ``@name`` in a text; decided without the database."""

import re
from collections.abc import Iterable

_MENTION = re.compile(r"(?<![\w.@+-])@([\w.@+-]+)")
#: What may end a user name and, more often, ends a sentence.
_ENDS = ".-+@"


def mentioned_in(text: str, usernames: Iterable[str]) -> set[str]:
    """Return which of ``usernames`` stand in ``text`` behind an @, in any case."""
    known = {name.casefold(): name for name in usernames}
    found = set()
    for token in _MENTION.findall(text):
        word = token.casefold()
        while word not in known and word and word[-1] in _ENDS:
            word = word[:-1]
        if word in known:
            found.add(known[word])
    return found
