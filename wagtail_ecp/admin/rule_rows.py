"""Rules as rows of a form, and as text: what is typed stays until it can be saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from wagtail_ecp.admin.search_words import OPERATORS, TROUBLES, TYPES, hint_words
from wagtail_ecp.inbox.search.syntax import join_values, parse, split_values, write
from wagtail_ecp.inbox.search.vocabulary import (
    BY_NAME,
    MAX_RULES,
    WORDS_OF,
    Operator,
    Rule,
)

#: Operators whose values stand between commas; others take the text as it is.
MANY: Final = (Operator.IN, Operator.BETWEEN)


class Choice(NamedTuple):
    """An option of a select."""

    value: str
    label: str
    is_chosen: bool
    #: Of a type: the operators that it takes.
    takes: str = ""


@dataclass
class RuleRow:
    """One rule as it is typed."""

    number: int
    type: str = ""
    operator: str = ""
    values: str = ""
    error: str = ""

    @classmethod
    def of(cls, number: int, rule: Rule) -> "RuleRow":
        """Return the row of a rule."""
        is_many = rule.operator in MANY
        values = join_values(rule.values) if is_many else "".join(rule.values)
        return cls(number, rule.type, str(rule.operator), values)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed into it."""
        return not self.type and not self.values.strip()

    def rule(self) -> Rule:
        """Return the rule that it stands for, with or without trouble."""
        text = self.values.strip()
        values: Sequence[str] = [text] if text else []
        if self.operator in MANY:
            values = split_values(text)
        if self.operator in WORDS_OF:
            values = ()
        return Rule(self.type, self.operator, tuple(values))

    def check(self) -> None:
        """Say in the row what is wrong with it."""
        trouble = self.rule().trouble
        self.error = str(TROUBLES[trouble]) if trouble else ""

    @property
    def types(self) -> list[Choice]:
        """The types to choose from."""
        return [
            Choice(
                name, str(label), name == self.type, " ".join(BY_NAME[name].operators)
            )
            for name, label in TYPES.items()
        ]

    @property
    def operators(self) -> list[Choice]:
        """The operators to choose from; a script leaves those of the type."""
        return [
            Choice(name, str(label), name == self.operator)
            for name, label in OPERATORS.items()
        ]


@dataclass
class RuleForm:
    """The rules of a saved search while they are edited."""

    rows: list[RuleRow]
    text: str = ""
    is_text: bool = False
    error: str = ""

    @classmethod
    def of(cls, rules: Sequence[Rule], *, is_text: bool = False) -> "RuleForm":
        """Return the form of rules that were stored."""
        rows = [RuleRow.of(number, rule) for number, rule in enumerate(rules)]
        form = cls(rows)
        for row in rows:
            row.check()
        if is_text:
            form.show_text()
        return form

    @classmethod
    def read(cls, data: QueryDict) -> "RuleForm":
        """Return what was posted."""
        if data.get("is_text"):
            text = data.get("text", "").replace("\0", " ")
            return cls([], text, is_text=True)
        rows = []
        for number in count():
            if number > MAX_RULES or f"type-{number}" not in data:
                break
            rows.append(_row(number, data))
        return cls(rows)

    def rules(self) -> list[Rule]:
        """Return the rules, and say of each what is wrong."""
        if self.is_text:
            found = parse(self.text)
            self.error = " ".join(hint_words(found.hints))
            return list(found.rules)
        filled = [row for row in self.rows if not row.is_blank]
        for row in filled:
            row.check()
        if any(row.error for row in filled):
            self.error = _("Some rules can't be asked; see below.")
        return [row.rule() for row in filled]

    def add(self) -> None:
        """Offer one more row."""
        self.rows.append(RuleRow(len(self.rows)))

    def remove(self, number: int) -> None:
        """Take a row out; the others move up."""
        rows = [row for row in self.rows if row.number != number]
        for place, row in enumerate(rows):
            row.number = place
        self.rows = rows

    def show_text(self) -> None:
        """Go on as text, unless a rule would be lost by that."""
        rules = self.rules()
        if not self.error:
            self.text, self.is_text = write(rules), True

    def show_rows(self) -> None:
        """Go on with rows, unless something in the text would be lost by that."""
        rules = self.rules()
        if not self.error:
            rows = [RuleRow.of(number, rule) for number, rule in enumerate(rules)]
            self.rows, self.is_text = rows, False


def _row(number: int, data: Mapping[str, Any]) -> RuleRow:
    def given(name: str) -> str:
        return str(data.get(f"{name}-{number}") or "").replace("\0", " ")

    return RuleRow(number, given("type"), given("operator"), given("values"))
