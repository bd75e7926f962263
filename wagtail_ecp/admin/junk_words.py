"""Says in words what lies in Spam and Trash, and what goes when."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_ecp.admin.numbers import grouped
from wagtail_ecp.inbox.junk import SAMPLE, Junk


def in_words(junk: Junk) -> str:
    """Return one line for the owner."""
    if not junk.total or junk.next_on is None:
        return _("Nothing lies there.")
    lies = ngettext(
        "%(total)s conversation lies there.",
        "%(total)s conversations lie there.",
        junk.total,
    ) % {"total": grouped(junk.total)}
    return f"{lies} {_next(junk, junk.next_on)}"


def _next(junk: Junk, day: date) -> str:
    words = {"number": _number(junk), "date": date_format(day, "DATE_FORMAT")}
    if junk.goes_tonight:
        return (
            ngettext(
                "%(number)s is deleted tonight, for good.",
                "%(number)s are deleted tonight, for good.",
                junk.next_number,
            )
            % words
        )
    return (
        ngettext(
            "The next, %(number)s of them, is deleted in the night after %(date)s.",
            "The next, %(number)s of them, are deleted in the night after %(date)s.",
            junk.next_number,
        )
        % words
    )


def _number(junk: Junk) -> str:
    number = grouped(junk.next_number)
    if junk.next_number < SAMPLE:
        return number
    return _("%(number)s or more") % {"number": number}
