"""Where one entry of an address list ends and the next begins (RFC 5322, leniently)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPECIAL: Final = re.compile(r'=\?|[,;:<"(]')
_ENCODED_WORD: Final = re.compile(r"=\?[\w.:+*-]{1,80}\?[bq]\?[^?]*\?=", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_PARENTHESIS: Final = re.compile(r"\\.|[()]", re.DOTALL)


class Entry(NamedTuple):
    """One entry, still encoded: its words, its comments, what stood in <>."""

    phrase: str
    comment: str
    angle: str | None


def split_address_list(value: str) -> Iterator[Entry]:
    """Yield the entries of a raw header value, in linear time, never raising."""
    return _Splitter(value).entries()


class _Splitter:
    def __init__(self, value: str) -> None:
        self.value = value
        self.position = 0
        # A quote or parenthesis that never closes makes all later ones literal:
        # looking for their ends again and again would take quadratic time.
        self.literals: set[str] = set()
        self._begin()

    def _begin(self) -> None:
        self.phrase: list[str] = []
        self.comments: list[str] = []
        self.angle: str | None = None

    def entries(self) -> Iterator[Entry]:
        while match := _SPECIAL.search(self.value, self.position):
            self.phrase.append(self.value[self.position : match.start()])
            self.position = match.end()
            if match[0] in {",", ";"}:
                yield from self._finish()
            elif match[0] in self.literals:
                self.phrase.append(match[0])
            else:
                self._read(match[0], match.start())
        self.phrase.append(self.value[self.position :])
        yield from self._finish()

    def _finish(self) -> Iterator[Entry]:
        phrase = "".join(self.phrase).strip()
        comment = " ".join(self.comments).strip()
        if phrase or comment or self.angle:
            yield Entry(phrase, comment, self.angle)
        self._begin()

    def _read(self, special: str, start: int) -> None:
        match special:
            case ":":
                self._read_group_name()
            case "<":
                self._read_angle()
            case '"':
                self._read_quoted(start)
            case "(":
                self._read_comment()
            case _:
                self._read_encoded_word(start)

    def _read_group_name(self) -> None:
        if self.angle is None and "@" not in "".join(self.phrase):
            self.phrase = []
        else:
            self.phrase.append(":")

    def _read_angle(self) -> None:
        end = self.value.find(">", self.position)
        if end < 0:
            end = len(self.value)
            comma = self.value.find(",", self.position)
            end = comma if comma >= 0 else end
            self.angle = self.value[self.position : end]
            self.position = end
            return
        content = self.value[self.position : end].rpartition("<")[2]
        self.position = end + 1
        while self.value.startswith(">", self.position):
            self.position += 1
        if self.angle:  # "Jane <jane@one> <jane@two>": the first one counts.
            return
        self.angle = content.strip()

    def _read_quoted(self, start: int) -> None:
        quoted = _QUOTED.match(self.value, start)
        if quoted is None:
            self.literals.add('"')
            return
        self.position = quoted.end()
        is_local_part = self.value.startswith("@", self.position)
        content = quoted[0] if is_local_part else _ESCAPED.sub(r"\1", quoted[1])
        self.phrase.append(content)

    def _read_comment(self) -> None:
        depth = 1
        for match in _PARENTHESIS.finditer(self.value, self.position):
            depth += {"(": 1, ")": -1}.get(match[0], 0)
            if depth == 0:
                self.comments.append(self.value[self.position : match.start()])
                self.phrase.append(" ")
                self.position = match.end()
                return
        self.literals.add("(")
        self.phrase.append("(")

    def _read_encoded_word(self, start: int) -> None:
        word = _ENCODED_WORD.match(self.value, start)
        self.phrase.append(word[0] if word else "=?")
        self.position = word.end() if word else self.position
