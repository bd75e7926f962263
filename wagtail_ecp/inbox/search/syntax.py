"""A search as text, and its rules: each from the other, and no rule is lost.

``parcel -"lost and found" from:vera,tomas subject.starts-with:Re is:unread before:today``
is what people write. Whatever they write gives rules: what is no rule is words, with a
hint where it stands.
"""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from wagtail_ecp.inbox.search.vocabulary import (
    BY_KEY,
    BY_NAME,
    FOLDERS,
    MAX_RULES,
    MAX_VALUE,
    NEGATIVE,
    OPPOSITES,
    WORDS_OF,
    Operator,
    Rule,
    RuleType,
)

#: Longer ones end there.
MAX_LENGTH: Final = 4000

#: Whole words of their own.
SHORTCUTS: Final = {
    "is:unread": Rule("unread", Operator.TRUE),
    "is:read": Rule("unread", Operator.FALSE),
    "is:starred": Rule("starred", Operator.TRUE),
    "is:followed": Rule("follow", Operator.TRUE),
    "is:open": Rule("status", Operator.EQUALS, ("open",)),
    "is:pending": Rule("status", Operator.EQUALS, ("pending",)),
    "is:snoozed": Rule("status", Operator.EQUALS, ("snoozed",)),
    "is:closed": Rule("status", Operator.EQUALS, ("closed",)),
    "is:archived": Rule("folder", Operator.EQUALS, ("archive",)),
    "is:spam": Rule("folder", Operator.EQUALS, ("spam",)),
    "is:trash": Rule("folder", Operator.EQUALS, ("trash",)),
    "is:waiting": Rule("waiting", Operator.TRUE),
    "has:attachment": Rule("has-attachment", Operator.TRUE),
    "has:note": Rule("note", Operator.TRUE),
    "has:draft": Rule("draft", Operator.TRUE),
    "has:tag": Rule("tag", Operator.TRUE),
    "in:anywhere": Rule("folder", Operator.IN, FOLDERS),
}
#: Keys that name an operator as well: "before:2026-03-01".
DATE_KEYS: Final = {
    "before": Operator.BEFORE,
    "after": Operator.AFTER,
    "on": Operator.EQUALS,
    "newer": Operator.NEWER_THAN,
    "older": Operator.OLDER_THAN,
}
_WORDS: Final = {word: operator for operator, word in WORDS_OF.items()}
_GROUPS: Final = {shortcut.partition(":")[0] for shortcut in SHORTCUTS} - {"in"}


class Slip(StrEnum):
    """What a hint is about."""

    UNKNOWN_KEY = "unknown-key"
    UNKNOWN_OPERATOR = "unknown-operator"
    BAD_VALUE = "bad-value"
    NO_VALUE = "no-value"
    OPEN_QUOTE = "open-quote"
    ONLY_SIGNS = "only-signs"
    OR = "or"
    TOO_LONG = "too-long"


class Hint(NamedTuple):
    """Something that was not understood, and where it stands."""

    slip: Slip
    start: int
    end: int
    text: str


class Parsed(NamedTuple):
    """What a text says."""

    rules: tuple[Rule, ...]
    hints: tuple[Hint, ...]


def parse(text: str) -> Parsed:
    """Return the rules that ``text`` stands for; never raises, in linear time."""
    clean = text.replace("\0", " ")
    reader = _Reader(clean[:MAX_LENGTH])
    rules: list[Rule] = []
    for rule in reader.rules():
        if rule not in rules:
            rules.append(rule)
    hints = list(reader.hints)
    if len(clean.strip()) > MAX_LENGTH or len(rules) > MAX_RULES:
        hints.append(Hint(Slip.TOO_LONG, 0, len(text), ""))
    return Parsed(tuple(rules[:MAX_RULES]), tuple(hints))


_KEY: Final = re.compile(r"([A-Za-z][A-Za-z-]*)(?:\.([A-Za-z-]+))?:(?!//)")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)("|$)', re.DOTALL)
_BARE: Final = re.compile(r'[^\s"]+')
_VALUE: Final = re.compile(r'[^\s",]+')


class _Reader:
    """Reads a text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.hints: list[Hint] = []

    def rules(self) -> Iterator[Rule]:
        while True:
            while self.at < len(self.text) and self.text[self.at].isspace():
                self.at += 1
            if self.at >= len(self.text):
                return
            yield from self._next()

    def _next(self) -> Iterator[Rule]:
        start = self.at
        is_negated = self.text[start] == "-" and self.text[start + 1 : start + 2] != ""
        is_negated = is_negated and not self.text[start + 1].isspace()
        self.at += is_negated
        if self.text[self.at] == '"':
            text = self._quoted()
            if text.strip():
                yield _words(text, is_negated=is_negated)
            else:
                self._hint(Slip.ONLY_SIGNS, start, self.at)
            return
        found = _KEY.match(self.text, self.at)
        if found and self._is_key(found):
            self.at = found.end()
            yield from self._keyed(found, start, is_negated=is_negated)
            return
        yield from self._bare(start, is_negated=is_negated)

    def _quoted(self) -> str:
        found = _QUOTED.match(self.text, self.at)
        assert found is not None  # noqa: S101 - it begins with a quote.
        if not found[2]:
            self._hint(Slip.OPEN_QUOTE, self.at, len(self.text))
        self.at = found.end()
        return re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL)

    def _is_key(self, found: re.Match[str]) -> bool:
        key = found[1].lower()
        if key in BY_KEY or key in DATE_KEYS or key in _GROUPS:
            return True
        end = _end_of_word(self.text, found.end())
        self._hint(Slip.UNKNOWN_KEY, found.start(), end)
        return False

    def _bare(self, start: int, *, is_negated: bool) -> Iterator[Rule]:
        found = _BARE.match(self.text, self.at)
        assert found is not None  # noqa: S101 - no blank and no quote.
        self.at = found.end()
        word = found[0]
        if not any(map(str.isalnum, word)):
            self._hint(Slip.ONLY_SIGNS, start, self.at)
            return
        if word == "OR":
            self._hint(Slip.OR, start, self.at)
        is_beginning = word.endswith("*") and _SIMPLE.fullmatch(word[:-1])
        if is_beginning and not is_negated:
            yield Rule("words", Operator.STARTS_WITH, (word[:-1][:MAX_VALUE],))
        else:
            yield _words(word, is_negated=is_negated)

    def _keyed(
        self, found: re.Match[str], start: int, *, is_negated: bool
    ) -> Iterator[Rule]:
        values = self._values()
        whole = (start, self.at)
        if not values:
            self._hint(Slip.NO_VALUE, *whole)
            return
        rule = _rule(found[1].lower(), (found[2] or "").lower(), values)
        if rule and is_negated:
            rule = _opposite(rule)
        if rule and rule.trouble is None:
            yield rule
            return
        has_operator = found[2] and found[2].lower() not in set(Operator)
        self._hint(Slip.UNKNOWN_OPERATOR if has_operator else Slip.BAD_VALUE, *whole)
        yield from _as_words(self.text[slice(*whole)], is_negated=is_negated)

    def _values(self) -> list["_Value"]:
        values: list[_Value] = []
        while self.at < len(self.text):
            if self.text[self.at] == '"':
                values.append(_Value(self._quoted(), is_quoted=True))
            elif found := _VALUE.match(self.text, self.at):
                self.at = found.end()
                values.append(_Value(found[0], is_quoted=False))
            if self.text[self.at : self.at + 1] != ",":
                break
            self.at += 1
        return values

    def _hint(self, slip: Slip, start: int, end: int) -> None:
        self.hints.append(Hint(slip, start, end, self.text[start:end][:80]))


class _Value(NamedTuple):
    text: str
    is_quoted: bool


def _end_of_word(text: str, start: int) -> int:
    found = _BARE.match(text, start)
    return found.end() if found else start


def _words(text: str, *, is_negated: bool) -> Rule:
    operator = Operator.NOT_CONTAINS if is_negated else Operator.CONTAINS
    return Rule("words", operator, (text[:MAX_VALUE],))


def _as_words(text: str, *, is_negated: bool) -> Iterator[Rule]:
    words = text.lstrip("-").replace('"', " ").strip()
    if any(map(str.isalnum, words)):
        yield _words(words, is_negated=is_negated)


def _rule(key: str, operator: str, values: list[_Value]) -> Rule | None:
    """Return the rule of a key with values, if there is one."""
    shortcut = f"{key}:{values[0].text.lower()}"
    if len(values) == 1 and not operator and shortcut in SHORTCUTS:
        return SHORTCUTS[shortcut]
    if key in DATE_KEYS:
        return None if operator else _dated(DATE_KEYS[key], values)
    kind = BY_KEY.get(key)
    if kind is None:
        return None
    texts = tuple(value.text for value in values)
    if operator:
        return Rule(kind.name, operator, _spelt(kind, texts))
    if len(values) == 1 and not values[0].is_quoted:
        word = _WORDS.get(texts[0].lower())
        if word in kind.operators:
            return Rule(kind.name, word)
    chosen = kind.default
    if len(values) > 1:
        chosen = Operator.IN
    return Rule(kind.name, chosen, _spelt(kind, texts))


def _spelt(kind: RuleType, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return values of few choices as we spell them."""
    return tuple(text.lower() for text in texts) if kind.choices else texts


def _dated(operator: Operator, values: list[_Value]) -> Rule | None:
    text = values[0].text.lower()
    if len(values) > 1:
        return None
    is_word = text in ("today", "yesterday") and not values[0].is_quoted
    if operator == Operator.EQUALS and is_word:
        return Rule("message-date", _WORDS[text])
    return Rule("message-date", operator, (text,))


def _opposite(rule: Rule) -> Rule | None:
    opposite = (
        OPPOSITES.get(Operator(rule.operator))
        if rule.operator in set(Operator)
        else None
    )
    return rule._replace(operator=opposite) if opposite else None


_SIMPLE: Final = re.compile(r"[^\W_](?:[\w.@'+/-]*[^\W_])?")
_TEXT_OF: Final = {rule: text for text, rule in reversed(SHORTCUTS.items())}
_DATE_KEY_OF: Final = {operator: key for key, operator in DATE_KEYS.items()}


def write(rules: Iterable[Rule]) -> str:
    """Return a text that ``parse`` reads as these rules, if they have no trouble."""
    return " ".join(map(_text_of, rules))


def _text_of(rule: Rule) -> str:
    if rule in _TEXT_OF:
        return _TEXT_OF[rule]
    operator = Operator(rule.operator)
    if operator in NEGATIVE:
        positive = rule._replace(operator=OPPOSITES[operator])
        if positive in _TEXT_OF:
            return f"-{_TEXT_OF[positive]}"
    if rule.type == "words":
        return _words_of(operator, rule.values[0])
    if rule.type == "message-date" and operator in _DATE_KEY_OF:
        return f"{_DATE_KEY_OF[operator]}:{_value(rule.values[0])}"
    return _keyed(BY_NAME[rule.type], operator, rule.values)


def _words_of(operator: Operator, value: str) -> str:
    is_simple = _SIMPLE.fullmatch(value) and value != "OR"
    if operator == Operator.STARTS_WITH:
        return f"{value}*" if is_simple else f"words.starts-with:{_value(value)}"
    sign = "-" if operator == Operator.NOT_CONTAINS else ""
    return sign + (value if is_simple else _quote(value))


def _keyed(kind: RuleType, operator: Operator, values: tuple[str, ...]) -> str:
    if operator in WORDS_OF:
        return f"{kind.key}:{WORDS_OF[operator]}"
    text = ",".join(map(_value, values))
    if operator == kind.default or (operator == Operator.IN and len(values) > 1):
        return f"{kind.key}:{text}"
    if operator == OPPOSITES.get(kind.default):
        return f"-{kind.key}:{text}"
    return f"{kind.key}.{operator}:{text}"


def _value(text: str) -> str:
    is_plain = _SIMPLE.fullmatch(text) and text.lower() not in _WORDS
    return text if is_plain else _quote(text)


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def join_values(values: Iterable[str]) -> str:
    """Return values between commas, as ``split_values`` takes them apart."""
    return ", ".join(
        _quote(value) if set(value) & set('",\\') or value != value.strip() else value
        for value in values
    )


_PART: Final = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|$)', re.DOTALL)


def split_values(text: str) -> list[str]:
    """Return the values that stand between commas, without blanks around them."""
    found = []
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:  # Something after a closing quote.
            end = text.find(",", at)
            piece, at = text[at:end] if end >= 0 else text[at:], end + 1 or len(text)
        else:
            piece, at = _unquoted(part), part.end()
        if piece.strip():
            found.append(piece)
    return found


def _unquoted(part: re.Match[str]) -> str:
    if part[1] is None:
        return part[2].strip()
    return re.sub(r"\\(.)", r"\1", part[1], flags=re.DOTALL)
