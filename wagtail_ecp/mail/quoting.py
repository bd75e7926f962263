"""Which part of a text its sender wrote, and which is an earlier mail again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from typing import Final

from wagtail_ecp.mail import quote_words as words

#: Lines; an introduction may be wrapped, a header block has fields enough in them.
INTRODUCTION: Final = 4
HEADER_BLOCK: Final = 7
#: Fields that make a header block of lines with colons.
FIELDS: Final = 3


class Kind(Enum):
    """Whose words they are."""

    OWN = "own"
    QUOTED = "quoted"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Segment:
    """Lines of one kind, as they stand in the text.

    ``is_between``: own words follow, so that a reader needs the quote to understand.
    """

    kind: Kind
    text: str
    is_between: bool = False


def split(text: str) -> list[Segment]:
    """Return ``text`` in pieces, own words apart from quotes and signatures.

    The pieces joined are ``text`` again.  What stands without own words is not a
    quote: a mail that only passes something on is shown whole.  Never raises, in
    linear time.
    """
    lines = text.splitlines(keepends=True)
    kinds = _Reader([line.strip() for line in lines]).kinds()
    pairs = zip(kinds, lines, strict=True)
    pieces = [
        (kind, "".join(line for _kind, line in group))
        for kind, group in groupby(pairs, key=lambda pair: pair[0])
    ]
    own = [number for number, (kind, _text) in enumerate(pieces) if kind is Kind.OWN]
    if not any(pieces[number][1].strip() for number in own):
        return [Segment(Kind.OWN, text)] if text else []
    return [
        Segment(kind, piece, is_between=kind is Kind.QUOTED and number < own[-1])
        for number, (kind, piece) in enumerate(pieces)
    ]


def introduces(text: str) -> bool:
    """Tell whether ``text`` is nothing but the line above a quote."""
    line = " ".join(text.split())
    return 0 < len(line) <= words.LONGEST and _is_attribution(line)


def is_forward(text: str) -> bool:
    """Tell whether ``text`` begins with the line above what is passed on."""
    first = text.lstrip()[: words.LONGEST].partition("\n")[0].strip()
    return bool(words.FORWARDED.match(first))


def may_begin_original(text: str) -> bool:
    """Tell cheaply whether ``begins_original`` is worth asking."""
    first = text.lstrip("-_*=# ").lower()
    return first.startswith(words.BEGINNINGS)


def begins_original(lines: list[str]) -> bool:
    """Tell whether these lines, blank ones left out, stand above an earlier mail."""
    return bool(lines) and _Reader(lines).begins_original(0)


class _Reader:
    """Goes through the stripped lines once, from the top."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.found: list[Kind] = []
        self.current = Kind.OWN  # Of lines that nothing marks.
        self.has_own = False
        self.is_forward = False

    def kinds(self) -> list[Kind]:
        """Return the kind of each line."""
        while len(self.found) < len(self.lines):
            number = len(self.found)
            kind, span = self._next(number)
            self.found += [kind] * span
            self.has_own |= kind is Kind.OWN and bool(self.lines[number])
        self._settle_blanks()
        return self.found

    def _next(self, number: int) -> tuple[Kind, int]:
        line = self.lines[number]
        if line.startswith(">") and not self.is_forward:
            self.current = Kind.OWN  # Also below a signature: it is answered there.
            return Kind.QUOTED, 1
        if not line or len(line) > words.LONGEST or self.is_forward:
            return self._unmarked(line)
        span = self._introduction(number)
        if span and self._is_quote(number + span):
            return Kind.QUOTED, span
        if self.has_own and (span > 0 or self.begins_original(number)):
            return Kind.QUOTED, len(self.lines) - number
        return self._unmarked(line)

    def _unmarked(self, line: str) -> tuple[Kind, int]:
        if words.SIGNATURE.match(line) and self.has_own:
            self.current = Kind.SIGNATURE
        elif words.FORWARDED.match(line[: words.LONGEST]):
            self.is_forward, self.current = True, Kind.OWN
        elif words.MOBILE.match(line) and self.has_own:
            return Kind.SIGNATURE, 1
        return self.current, 1

    def _introduction(self, number: int) -> int:
        """Return how many lines from here on introduce a quote."""
        first = self.lines[number]
        if _is_attribution(first):
            return 1
        if self._is_quote(number + 1) and words.LOOSE_ATTRIBUTION.match(first):
            return 1
        return self._wrapped_introduction(number) if words.LEAD.match(first) else 0

    def _wrapped_introduction(self, number: int) -> int:
        part = [self.lines[number]]
        for line in self.lines[number + 1 : number + INTRODUCTION]:
            part.append(line)
            if not line or (line.startswith(">") and not words.REST.match(line)):
                break
            if _is_attribution(" ".join(part)):
                return len(part)
        return 0

    def _is_quote(self, number: int) -> bool:
        following = next(filter(None, self.lines[number : number + 3]), "")
        return following.startswith(">")

    def begins_original(self, number: int) -> bool:
        """Tell whether from this line on all is an earlier mail with its header."""
        line = self.lines[number]
        if words.ORIGINAL.match(line):
            return True
        if words.BAR.match(line):
            below = self.lines[number + 1 : number + 3]
            skipped = next((i for i, text in enumerate(below, 1) if text), 0)
            return bool(skipped) and (
                self._is_header_block(number + skipped)
                or bool(words.ORIGINAL.match(self.lines[number + skipped]))
            )
        return self._is_header_block(number)

    def _is_header_block(self, number: int) -> bool:
        first = self.lines[number]
        is_sender = bool(words.SENDER_FIELD.match(first))
        if not is_sender and not words.OTHER_FIELD.match(first):
            return False
        block = self.lines[number : number + HEADER_BLOCK]
        senders = sum(bool(words.SENDER_FIELD.match(line)) for line in block)
        others = sum(bool(words.OTHER_FIELD.match(line)) for line in block)
        if is_sender and "@" in first:
            return others >= 1
        return bool(senders) and senders + others >= FIELDS

    def _settle_blanks(self) -> None:
        """Give a blank line to the quote or signature that it follows."""
        for number in range(1, len(self.lines)):
            before = self.found[number - 1]
            if not self.lines[number] and before is not Kind.OWN:
                self.found[number] = before


def _is_attribution(line: str) -> bool:
    is_one = line.rstrip("* -").endswith((":", "\uff1a", "wrote"))
    if not is_one or len(line) > words.LONGEST:
        return False
    if words.BARE_ATTRIBUTION.match(line):
        return True
    has_origin = "@" in line or bool(words.LEAD.match(line))
    return has_origin and bool(words.ATTRIBUTION.match(line))
