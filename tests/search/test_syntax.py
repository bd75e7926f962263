"""Text to rules and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_ecp.inbox.search.syntax import (
    MAX_LENGTH,
    SHORTCUTS,
    Slip,
    join_values,
    parse,
    split_values,
    write,
)
from wagtail_ecp.inbox.search.vocabulary import (
    MAX_RULES,
    TYPES,
    WORDS_OF,
    Operator,
    Rule,
    Trouble,
)


def rules_of(text):
    return [tuple(rule) for rule in parse(text).rules]


def slips_of(text):
    return [(hint.slip, hint.text) for hint in parse(text).hints]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("parcel", ("words", "contains", ("parcel",))),
        ("-parcel", ("words", "not-contains", ("parcel",))),
        ('"lost and found"', ("words", "contains", ("lost and found",))),
        ('-"lost and found"', ("words", "not-contains", ("lost and found",))),
        ("parc*", ("words", "starts-with", ("parc",))),
        ("from:vera", ("from", "contains", ("vera",))),
        ("from:vera,tomas", ("from", "in", ("vera", "tomas"))),
        ("FROM:vera", ("from", "contains", ("vera",))),
        ('to:"Vera Holm"', ("to", "contains", ("Vera Holm",))),
        ("cc:x@y.example", ("cc", "contains", ("x@y.example",))),
        ("-subject:parcel", ("subject", "not-contains", ("parcel",))),
        ("subject.equals:Hello", ("subject", "equals", ("Hello",))),
        ("subject.starts-with:Re", ("subject", "starts-with", ("Re",))),
        ("assignee:me", ("user", "user-is-me", ())),
        ("assignee:nobody", ("user", "user-is-nobody", ())),
        ("assignee:bob", ("user", "equals", ("bob",))),
        ('assignee:"me"', ("user", "equals", ("me",))),
        ("is:unread", ("unread", "true", ())),
        ("-is:unread", ("unread", "false", ())),
        ("is:starred", ("starred", "true", ())),
        ("is:snoozed", ("status", "equals", ("snoozed",))),
        ("is:archived", ("folder", "equals", ("archive",))),
        ("in:Spam", ("folder", "equals", ("spam",))),
        ("has:attachment", ("has-attachment", "true", ())),
        ("-has:note", ("note", "false", ())),
        ("has:draft", ("draft", "true", ())),
        ("before:2026-03-01", ("message-date", "before", ("2026-03-01",))),
        ("after:yesterday", ("message-date", "after", ("yesterday",))),
        ("on:today", ("message-date", "today", ())),
        ("newer:2d", ("message-date", "newer-than", ("2d",))),
        ("older:1y", ("message-date", "older-than", ("1y",))),
        (
            "date.between:2026-01-01,2026-02-01",
            ("message-date", "between", ("2026-01-01", "2026-02-01")),
        ),
        ("tag:vip", ("tag", "equals", ("vip",))),
        ("mailbox:a@b.example", ("mailbox", "equals", ("a@b.example",))),
        ("http://shop.example/a", ("words", "contains", ("http://shop.example/a",))),
    ],
)
def test_what_people_write_is_a_rule(text, rule):
    assert rules_of(text) == [rule]


def test_rules_stand_beside_each_other():
    assert rules_of("where from:vera is:unread -lost") == [
        ("words", "contains", ("where",)),
        ("from", "contains", ("vera",)),
        ("unread", "true", ()),
        ("words", "not-contains", ("lost",)),
    ]


@pytest.mark.parametrize(
    ("text", "slip", "where"),
    [
        ("form:vera", Slip.UNKNOWN_KEY, "form:vera"),
        ("subject.like:x", Slip.UNKNOWN_OPERATOR, "subject.like:x"),
        ("is:purple", Slip.BAD_VALUE, "is:purple"),
        ("before:soon", Slip.BAD_VALUE, "before:soon"),
        ("before:2026-02-30", Slip.BAD_VALUE, "before:2026-02-30"),
        ("in:attic", Slip.BAD_VALUE, "in:attic"),
        ("from:", Slip.NO_VALUE, "from:"),
        ('"where is', Slip.OPEN_QUOTE, '"where is'),
        ("(", Slip.ONLY_SIGNS, "("),
        ("*", Slip.ONLY_SIGNS, "*"),
        ("OR", Slip.OR, "OR"),
    ],
)
def test_what_is_not_understood_is_told_with_its_place(text, slip, where):
    found = parse(f"parcel {text}")

    [hint] = found.hints
    assert (hint.slip, hint.text) == (slip, where)
    assert f"parcel {text}"[hint.start : hint.end] == where


@pytest.mark.parametrize("text", ["form:vera", "subject.like:x", "is:purple", "in:a"])
def test_what_is_no_rule_is_words(text):
    assert rules_of(text) == [("words", "contains", (text,))]


def test_no_more_rules_than_can_be_asked_and_it_is_said():
    text = " ".join(f"word{number}" for number in range(MAX_RULES + 5))

    assert len(parse(text).rules) == MAX_RULES
    assert parse(text).hints[-1].slip == Slip.TOO_LONG


@given(st.text())
def test_any_text_is_read_and_its_rules_can_be_asked(text):
    found = parse(text)

    assert all(rule.trouble is None for rule in found.rules)
    assert parse(text * 200)


def test_a_long_text_ends_somewhere():
    found = parse("-" * 5000 + '"' * 5000 + "from:" * 5000)

    assert len(found.rules) <= MAX_RULES
    assert any(hint.slip == Slip.TOO_LONG for hint in found.hints)
    assert all(hint.end <= MAX_LENGTH or not hint.text for hint in found.hints)


VALUES = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
    min_size=1,
    max_size=20,
).filter(str.strip)
DAYS = st.sampled_from(["today", "yesterday"]) | st.dates().map(str)
SPANS = st.sampled_from(["2h", "10d", "3w", "12m", "1y"])


def values_for(kind, operator):
    if kind.choices:
        return st.sampled_from(kind.choices)
    if operator in (Operator.NEWER_THAN, Operator.OLDER_THAN):
        return SPANS
    if Operator.BEFORE in kind.operators:
        return DAYS
    if kind.name == "conversation":
        return st.integers(1, 10**9).map(str)
    return VALUES


def number_for(operator):
    if operator in WORDS_OF:
        return 0, 0
    if operator == Operator.IN:
        return 1, 4
    return (2, 2) if operator == Operator.BETWEEN else (1, 1)


@st.composite
def any_rule(draw):
    kind = draw(st.sampled_from(TYPES))
    operator = draw(st.sampled_from(kind.operators))
    least, most = number_for(operator)
    values = st.lists(values_for(kind, operator), min_size=least, max_size=most)
    return Rule(kind.name, operator, tuple(draw(values)))


@given(st.lists(any_rule(), max_size=6, unique=True))
def test_no_rule_is_lost_on_the_way_through_text(rules):
    found = parse(write(rules))

    assert list(found.rules) == rules
    assert not found.hints


@given(st.lists(any_rule(), max_size=6))
def test_no_rule_is_lost_on_the_way_through_a_row(rules):
    assert [Rule.read(rule.stored()) for rule in rules] == rules


@pytest.mark.parametrize("text", SHORTCUTS)
def test_shortcuts_are_written_as_they_are_read(text):
    assert write(parse(text).rules) == text


@pytest.mark.parametrize(
    ("rule", "trouble"),
    [
        (Rule("colour", "equals", ("red",)), Trouble.TYPE),
        (Rule("subject", "before", ("red",)), Trouble.OPERATOR),
        (Rule("subject", "equals", ()), Trouble.VALUES),
        (Rule("subject", "equals", (" ",)), Trouble.VALUES),
        (Rule("unread", "true", ("x",)), Trouble.VALUES),
        (Rule("message-date", "between", ("2026-01-01",)), Trouble.VALUES),
        (Rule("message-date", "before", ("soon",)), Trouble.DATE),
        (Rule("message-date", "newer-than", ("long",)), Trouble.SPAN),
        (Rule("folder", "equals", ("attic",)), Trouble.CHOICE),
        (Rule("conversation", "equals", ("x",)), Trouble.NUMBER),
        (Rule("subject", "equals", ("x" * 501,)), Trouble.LENGTH),
        (Rule("subject", "equals", ("x\0",)), Trouble.CHARACTER),
    ],
)
def test_a_rule_that_can_not_be_asked_says_why(rule, trouble):
    assert rule.trouble == trouble


@pytest.mark.parametrize("data", [None, 5, "x", [], {"values": 5}, {"type": ["a"]}])
def test_whatever_a_row_holds_is_a_rule_with_trouble(data):
    assert Rule.read(data).trouble is not None


@given(st.lists(VALUES.map(str.strip).filter(bool), max_size=5))
def test_values_between_commas_are_read_as_they_are_written(values):
    assert split_values(join_values(values)) == values


@given(st.text())
def test_any_text_has_values_between_its_commas(text):
    assert all(value.strip() for value in split_values(text))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a, b", ["a", "b"]),
        ("a b,, c ,", ["a b", "c"]),
        ('"a, b", c', ["a, b", "c"]),
        ('"a" b, c', ['"a" b', "c"]),
        ('"a', ['"a']),
        ("", []),
    ],
)
def test_values_stand_between_commas(text, values):
    assert split_values(text) == values
