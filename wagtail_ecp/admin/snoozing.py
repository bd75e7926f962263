"""Snoozing and waking: until when, on the member's own clock."""

from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages as notices

from wagtail_ecp.admin.lookups import find_conversation
from wagtail_ecp.admin.onward import go_back, go_on
from wagtail_ecp.admin.pages import AdminRequest, refuses_forgery
from wagtail_ecp.admin.undo_notice import offer_undo
from wagtail_ecp.inbox import actions, snooze_times
from wagtail_ecp.inbox.models import UNTIL_REPLY


class Choice(NamedTuple):
    """One of the usual times."""

    value: str
    label: str


def choices() -> list[Choice]:
    """Return the usual times, on the clock that the member sees."""
    now = timezone.localtime()
    later = snooze_times.later_today(now)
    found = [
        Choice("tomorrow", _("Tomorrow, %(time)s") % _time(snooze_times.tomorrow(now))),
        Choice(
            "next-week", _("Next week: %(time)s") % _day(snooze_times.next_week(now))
        ),
        Choice("reply", _("Until the next reply")),
    ]
    if snooze_times.is_today(later, now=now):
        found.insert(0, Choice("later", _("Later today, %(time)s") % _time(later)))
    return found


def _time(at: datetime) -> dict[str, str]:
    return {"time": formats.time_format(at, "TIME_FORMAT")}


def _day(at: datetime) -> dict[str, str]:
    return {"time": f"{formats.date_format(at, 'l')}, {_time(at)['time']}"}


def until_words(until: datetime) -> str:
    """Return until when it sleeps, in words."""
    if until == UNTIL_REPLY:
        return _("until the next reply")
    local = timezone.localtime(until)
    return _("until %(time)s") % {
        "time": formats.date_format(local, "SHORT_DATETIME_FORMAT")
    }


@refuses_forgery
@require_POST
def snooze(request: AdminRequest, number: int) -> HttpResponse:
    """Let the conversation sleep until the chosen time."""
    found = find_conversation(request, number)
    try:
        until = read_until(request)
        done = actions.snooze(found, until=until, by=request.user)
    except ValidationError as refusal:
        notices.error(request, " ".join(refusal.messages))
        return go_back(request, found)
    offer_undo(
        request,
        done,
        _("#%(number)s sleeps %(until)s")
        % {"number": found.pk, "until": until_words(until)},
    )
    return go_on(request, found)


@refuses_forgery
@require_POST
def wake(request: AdminRequest, number: int) -> HttpResponse:
    """Show the conversation in the inbox again."""
    found = find_conversation(request, number)
    done = actions.wake(found, by=request.user)
    offer_undo(
        request, done, _("#%(number)s is in the inbox again.") % {"number": found.pk}
    )
    return go_back(request, found)


def read_until(request: HttpRequest) -> datetime:
    """Return the time that the form names; ValidationError if it names none."""
    now = timezone.localtime()
    usual = {
        "later": snooze_times.later_today(now),
        "tomorrow": snooze_times.tomorrow(now),
        "next-week": snooze_times.next_week(now),
        "reply": UNTIL_REPLY,
    }
    chosen = request.POST.get("until", "")
    return usual[chosen] if chosen in usual else _read(request.POST.get("at", ""))


def _read(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        return timezone.make_aware(at) if timezone.is_naive(at) else at
    except (ValueError, OverflowError):
        raise ValidationError(
            _("Choose a day and a time until which it is to sleep.")
        ) from None
