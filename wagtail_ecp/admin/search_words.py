"""How rule types and operators are called, and what is said of rules that find nothing."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp.inbox.search.finding import Problem
from wagtail_ecp.inbox.search.syntax import Hint, Slip
from wagtail_ecp.inbox.search.vocabulary import Operator, Trouble

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TYPES: Final[dict[str, "StrOrPromise"]] = {
    "words": gettext_lazy("Words anywhere"),
    "subject": gettext_lazy("Subject"),
    "body": gettext_lazy("Text of a message"),
    "from": gettext_lazy("From"),
    "to": gettext_lazy("To"),
    "cc": gettext_lazy("Cc"),
    "recipient": gettext_lazy("To or Cc"),
    "sender": gettext_lazy("Sender's address"),
    "contact": gettext_lazy("Contact"),
    "user": gettext_lazy("Assignee"),
    "mailbox": gettext_lazy("Mailbox"),
    "folder": gettext_lazy("Folder"),
    "status": gettext_lazy("Status"),
    "tag": gettext_lazy("Tag"),
    "unread": gettext_lazy("Unread"),
    "starred": gettext_lazy("Starred by me"),
    "follow": gettext_lazy("Followed by me"),
    "message-date": gettext_lazy("Date of the last message"),
    "first-message": gettext_lazy("First message"),
    "sent": gettext_lazy("Our last answer"),
    "waiting": gettext_lazy("Waiting for an answer"),
    "action-date": gettext_lazy("Date of the last action"),
    "action": gettext_lazy("Action"),
    "creator": gettext_lazy("Begun by"),
    "note": gettext_lazy("Note"),
    "has-attachment": gettext_lazy("Has attachments"),
    "attachment-name": gettext_lazy("Name of an attachment"),
    "mime-type": gettext_lazy("Type of an attachment"),
    "draft": gettext_lazy("Has a draft"),
    "conversation": gettext_lazy("Number of the conversation"),
    "message": gettext_lazy("Message-ID"),
}

OPERATORS: Final[dict[str, "StrOrPromise"]] = {
    Operator.EQUALS: gettext_lazy("is"),
    Operator.NOT_EQUALS: gettext_lazy("is not"),
    Operator.CONTAINS: gettext_lazy("contains"),
    Operator.NOT_CONTAINS: gettext_lazy("does not contain"),
    Operator.STARTS_WITH: gettext_lazy("starts with"),
    Operator.ENDS_WITH: gettext_lazy("ends with"),
    Operator.IN: gettext_lazy("is one of"),
    Operator.BEFORE: gettext_lazy("is before"),
    Operator.AFTER: gettext_lazy("is after"),
    Operator.BETWEEN: gettext_lazy("is between"),
    Operator.NEWER_THAN: gettext_lazy("is newer than"),
    Operator.OLDER_THAN: gettext_lazy("is older than"),
    Operator.TODAY: gettext_lazy("is today"),
    Operator.YESTERDAY: gettext_lazy("is yesterday"),
    Operator.TRUE: gettext_lazy("yes"),
    Operator.FALSE: gettext_lazy("no"),
    Operator.IS_ME: gettext_lazy("is me"),
    Operator.IS_NOBODY: gettext_lazy("is nobody"),
}

SLIPS: Final = {
    Slip.UNKNOWN_KEY: gettext_lazy(
        "There is nothing like “%(text)s” to search by; it was searched for as words."
    ),
    Slip.UNKNOWN_OPERATOR: gettext_lazy(
        "“%(text)s” names no way to compare; it was searched for as words."
    ),
    Slip.BAD_VALUE: gettext_lazy(
        "“%(text)s” is nothing that can be searched by; it was searched for as words."
    ),
    Slip.NO_VALUE: gettext_lazy("Nothing stands after “%(text)s”; it was left out."),
    Slip.OPEN_QUOTE: gettext_lazy(
        "A quotation mark is not closed; the rest was searched for as one phrase."
    ),
    Slip.ONLY_SIGNS: gettext_lazy(
        "“%(text)s” has neither letters nor digits; it was left out."
    ),
    Slip.OR: gettext_lazy(
        "OR was searched for as a word. Alternatives of one kind stand between commas:"
        " from:vera,tomas."
    ),
    Slip.TOO_LONG: gettext_lazy(
        "This is more than can be searched for at once; the end was left out."
    ),
}

TROUBLES: Final = {
    Trouble.TYPE: gettext_lazy("There is no such kind of rule any more."),
    Trouble.OPERATOR: gettext_lazy("This can't be compared in this way."),
    Trouble.VALUES: gettext_lazy("A value is missing, or there is one too many."),
    Trouble.DATE: gettext_lazy(
        "A day is written like 2026-03-01, or “today” or “yesterday”."
    ),
    Trouble.SPAN: gettext_lazy(
        "A time is written like 12h, 3d, 2w, 6m or 1y: hours, days, weeks, months, years."
    ),
    Trouble.CHOICE: gettext_lazy("There is no such choice."),
    Trouble.NUMBER: gettext_lazy("A conversation has a number, such as 4711."),
    Trouble.LENGTH: gettext_lazy("This is too long."),
    Trouble.CHARACTER: gettext_lazy("This has a character that no mail contains."),
}

GONE: Final = {
    "user": gettext_lazy("No member whom you work with is called “%(value)s”."),
    "mailbox": gettext_lazy(
        "No mailbox that you may read has the address “%(value)s”."
    ),
    "tag": gettext_lazy("No conversation that you may read bears the tag “%(value)s”."),
    "action": gettext_lazy("There is no action “%(value)s”."),
}


def hint_words(hints: Iterable[Hint]) -> list[str]:
    """Return what is said of each slip, the same once."""
    said = (str(SLIPS[hint.slip]) % {"text": hint.text} for hint in hints)
    return list(dict.fromkeys(said))


def problem_words(problem: Problem) -> str:
    """Return why a rule finds nothing."""
    if problem.trouble:
        return str(TROUBLES[problem.trouble])
    return str(GONE[problem.gone]) % {"value": problem.value}


def rule_words(problem: Problem) -> str:
    """Return how the rule is called, as well as it can be."""
    rule = problem.rule
    words = {
        "type": TYPES.get(rule.type, rule.type),
        "operator": OPERATORS.get(rule.operator, rule.operator),
        "values": ", ".join(rule.values),
    }
    return (_("%(type)s %(operator)s %(values)s") % words).strip()
