"""The words of a search: rule types, their operators, and what values those take."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from typing import Any, Final, NamedTuple, Self


class Operator(StrEnum):
    """How a rule compares; the original product's eighteen."""

    EQUALS = "equals"
    NOT_EQUALS = "not-equals"
    CONTAINS = "contains"
    NOT_CONTAINS = "not-contains"
    STARTS_WITH = "starts-with"
    ENDS_WITH = "ends-with"
    IN = "in"
    BEFORE = "before"
    AFTER = "after"
    BETWEEN = "between"
    NEWER_THAN = "newer-than"
    OLDER_THAN = "older-than"
    TODAY = "today"
    YESTERDAY = "yesterday"
    TRUE = "true"
    FALSE = "false"
    IS_ME = "user-is-me"
    IS_NOBODY = "user-is-nobody"


O = Operator  # noqa: E741 - the tables below are read in columns.

#: Operators that need no value, and the word that stands for them in a text.
WORDS_OF: Final = {
    O.TODAY: "today",
    O.YESTERDAY: "yesterday",
    O.TRUE: "true",
    O.FALSE: "false",
    O.IS_ME: "me",
    O.IS_NOBODY: "nobody",
}
OPPOSITES: Final = {
    O.EQUALS: O.NOT_EQUALS,
    O.CONTAINS: O.NOT_CONTAINS,
    O.TRUE: O.FALSE,
    O.NOT_EQUALS: O.EQUALS,
    O.NOT_CONTAINS: O.CONTAINS,
    O.FALSE: O.TRUE,
}
NEGATIVE: Final = frozenset({O.NOT_EQUALS, O.NOT_CONTAINS, O.FALSE})

WORDS: Final = (O.CONTAINS, O.NOT_CONTAINS, O.STARTS_WITH)
TEXT: Final = (
    *(O.CONTAINS, O.NOT_CONTAINS, O.EQUALS, O.NOT_EQUALS),
    *(O.STARTS_WITH, O.ENDS_WITH, O.IN),
)
CHOICE: Final = (O.EQUALS, O.NOT_EQUALS, O.IN)
NAME: Final = (
    *(O.EQUALS, O.NOT_EQUALS, O.IN, O.CONTAINS, O.NOT_CONTAINS),
    *(O.STARTS_WITH, O.ENDS_WITH),
)
USER: Final = (*CHOICE, O.IS_ME, O.IS_NOBODY)
DATE: Final = (
    *(O.EQUALS, O.NOT_EQUALS, O.BEFORE, O.AFTER, O.BETWEEN),
    *(O.NEWER_THAN, O.OLDER_THAN, O.TODAY, O.YESTERDAY),
)
FLAG: Final = (O.TRUE, O.FALSE)

FOLDERS: Final = ("inbox", "archive", "spam", "trash")
STATUSES: Final = ("open", "pending", "snoozed", "closed")

#: A text has at most so many rules, a rule so many values, a value so many characters.
MAX_RULES: Final = 40
MAX_VALUES: Final = 50
MAX_VALUE: Final = 500


class RuleType(NamedTuple):
    """What a rule speaks of: its name, its word in a text, what it can be asked."""

    name: str
    key: str
    operators: tuple[Operator, ...]
    choices: tuple[str, ...] = ()

    @property
    def default(self) -> Operator:
        """The operator that need not be named."""
        return self.operators[0]


#: The original's types, under its names, and four of our own at the end. Its "ticketed"
#: and "template" have no object here and are not offered; no other rule takes these names.
TYPES: Final = (
    RuleType("user", "assignee", USER),
    RuleType("mailbox", "mailbox", CHOICE),
    RuleType("message-date", "date", DATE),
    RuleType("action-date", "action-date", DATE),
    RuleType("tag", "tag", (*NAME, *FLAG)),
    RuleType("subject", "subject", TEXT),
    RuleType("from", "from", TEXT),
    RuleType("to", "to", TEXT),
    RuleType("cc", "cc", TEXT),
    RuleType("recipient", "recipient", TEXT),
    RuleType("folder", "in", CHOICE, FOLDERS),
    RuleType("has-attachment", "attachment", FLAG),
    RuleType("attachment-name", "file", TEXT),
    RuleType("body", "body", TEXT),
    RuleType("action", "action", CHOICE),
    RuleType("note", "note", (*TEXT, *FLAG)),
    RuleType("sender", "sender", NAME),
    RuleType("unread", "unread", FLAG),
    RuleType("starred", "starred", FLAG),
    RuleType("conversation", "conversation", CHOICE),
    RuleType("message", "message", CHOICE),
    RuleType("contact", "contact", (*CHOICE, *FLAG)),
    RuleType("first-message", "first-message", (*DATE, *FLAG)),
    RuleType("creator", "creator", USER),
    RuleType("mime-type", "mime-type", NAME),
    RuleType("sent", "sent", (*DATE, *FLAG)),
    RuleType("draft", "draft", FLAG),
    RuleType("words", "words", WORDS),
    RuleType("status", "status", CHOICE, STATUSES),
    RuleType("follow", "following", FLAG),
    RuleType("waiting", "waiting", (*DATE, *FLAG)),
)
BY_NAME: Final = {kind.name: kind for kind in TYPES}
BY_KEY: Final = {kind.key: kind for kind in TYPES}


class Trouble(StrEnum):
    """Why a rule can't be asked."""

    TYPE = "type"
    OPERATOR = "operator"
    VALUES = "values"
    DATE = "date"
    SPAN = "span"
    CHOICE = "choice"
    NUMBER = "number"
    LENGTH = "length"
    CHARACTER = "character"


class Rule(NamedTuple):
    """Type, operator and values; all rules of a search must hold."""

    type: str
    operator: str
    values: tuple[str, ...] = ()

    @classmethod
    def read(cls, data: Any) -> Self:
        """Return the rule of a stored one, however it was spoilt."""
        row = data if isinstance(data, dict) else {}
        values = row.get("values")
        return cls(
            str(row.get("type", "")),
            str(row.get("operator", "")),
            tuple(map(str, values)) if isinstance(values, list) else (),
        )

    def stored(self) -> dict[str, Any]:
        """Return what ``read`` reads."""
        return {
            "type": self.type,
            "operator": str(self.operator),
            "values": list(self.values),
        }

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong with it; None for a rule that can be asked."""
        kind = BY_NAME.get(self.type)
        if kind is None:
            return Trouble.TYPE
        if self.operator not in kind.operators:
            return Trouble.OPERATOR
        if not _has_right_number(self.operator, self.values):
            return Trouble.VALUES
        return next(filter(None, (_trouble(self, v, kind) for v in self.values)), None)


def _has_right_number(operator: str, values: tuple[str, ...]) -> bool:
    if operator in WORDS_OF:
        return not values
    if operator == O.IN:
        return 1 <= len(values) <= MAX_VALUES
    return len(values) == (2 if operator == O.BETWEEN else 1)


def _trouble(rule: Rule, value: str, kind: RuleType) -> Trouble | None:
    if not value.strip():
        return Trouble.VALUES
    if len(value) > MAX_VALUE:
        return Trouble.LENGTH
    if "\0" in value:
        return Trouble.CHARACTER
    fits, trouble = _demand(rule.operator, kind)
    return None if fits(value) else trouble


def _demand(operator: str, kind: RuleType) -> tuple[Callable[[str], bool], Trouble]:
    """Return what a value of such a rule must be, and what is wrong if it is not."""
    if operator in (O.NEWER_THAN, O.OLDER_THAN):
        return (lambda value: read_span(value) is not None), Trouble.SPAN
    if O.BEFORE in kind.operators:
        return is_day, Trouble.DATE
    if kind.name == "conversation":
        return (lambda value: read_number(value) is not None), Trouble.NUMBER
    return (lambda value: value in (kind.choices or (value,))), Trouble.CHOICE


class Span(NamedTuple):
    """A length of time as people say it: three weeks, a month."""

    number: int
    unit: str


_SPAN: Final = re.compile(r"([0-9]{1,4})([hdwmy])")


def read_span(text: str) -> Span | None:
    """Return the span of "12h", "3d", "2w", "6m" or "1y"; None for anything else."""
    found = _SPAN.fullmatch(text.strip().lower())
    return Span(int(found[1]), found[2]) if found else None


_NUMBER: Final = re.compile(r"#?([0-9]{1,18})")


def read_number(text: str) -> int | None:
    """Return the number of "4711" or "#4711"; None for anything else."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None


_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_day(text: str) -> date | None:
    """Return the date of "2026-03-01"; None for anything else."""
    if not _DAY.fullmatch(text.strip()):
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def is_day(text: str) -> bool:
    """Whether ``text`` names a day: a date, "today" or "yesterday"."""
    return text in ("today", "yesterday") or read_day(text) is not None


def stored(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    """Return rules as a row keeps them."""
    return [rule.stored() for rule in rules]


def read(data: Any) -> tuple[Rule, ...]:
    """Return the rules of a row."""
    return tuple(Rule.read(row) for row in data) if isinstance(data, list) else ()
