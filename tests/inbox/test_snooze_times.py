"""Until when people usually snooze."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from wagtail_ecp.inbox import snooze_times

BERLIN = ZoneInfo("Europe/Berlin")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "later"),
    [
        ("2026-11-29T10:00", "2026-11-29T13:00"),
        ("2026-11-29T10:01", "2026-11-29T13:15"),
        ("2026-11-29T10:59:30", "2026-11-29T14:00"),
        ("2026-11-29T22:00", "2026-11-30T01:00"),
    ],
)
def test_later_is_a_quarter_of_an_hour_three_hours_on(now, later):
    assert snooze_times.later_today(at(now)) == at(later)


def test_in_the_evening_later_is_not_today():
    now = at("2026-11-29T22:00")

    assert not snooze_times.is_today(snooze_times.later_today(now), now=now)
    assert snooze_times.is_today(now, now=now)


def test_tomorrow_is_at_nine_also_when_the_clocks_change():
    assert snooze_times.tomorrow(at("2026-10-24T23:30")) == at("2026-10-25T09:00")


def test_two_weeks_are_at_nine_as_well():
    assert snooze_times.in_two_weeks(at("2026-10-20T23:30")) == at("2026-11-03T09:00")


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        ("2026-11-29T10:00", "2026-11-30T09:00"),  # A Sunday.
        ("2026-11-30T08:00", "2026-12-07T09:00"),
        ("2026-12-04T08:00", "2026-12-07T09:00"),
    ],
)
def test_next_week_begins_on_monday_at_nine(now, monday):
    assert snooze_times.next_week(at(now)) == at(monday)
