"""Business time is what of a time falls into opening hours, on days of any length."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from wagtail_ecp.metrics.hours import Hours, business_seconds
from wagtail_ecp.metrics.opening import (
    parse_holidays,
    parse_openings,
    write_holidays,
    write_openings,
)

LA = "America/Los_Angeles"
SANTIAGO = "America/Santiago"
NINE_TO_FIVE = ((9 * 60, 17 * 60),)
ALL_DAY = ((0, 24 * 60),)
HOUR = 3600


def local(zone, *parts):
    return datetime(*parts).replace(tzinfo=ZoneInfo(zone))  # noqa: DTZ001


def weekdays(zone, openings=NINE_TO_FIVE, **more):
    return Hours(zone, (openings,) * 5 + ((), ()), **more)


def every_day(zone, openings):
    return Hours(zone, (openings,) * 7)


def test_without_hours_business_time_is_calendar_time():
    begin = datetime(2026, 3, 1, tzinfo=UTC)

    assert business_seconds(begin, begin + timedelta(days=3), None) == 72 * HOUR


def test_nights_and_weekends_do_not_count():
    friday, monday = local(LA, 2026, 6, 5, 16), local(LA, 2026, 6, 8, 10)

    assert business_seconds(friday, monday, weekdays(LA)) == 2 * HOUR


def test_holidays_do_not_count():
    hours = weekdays(LA, holidays=frozenset({date(2026, 6, 5)}))

    begin, end = local(LA, 2026, 6, 4, 16), local(LA, 2026, 6, 8, 10)

    assert business_seconds(begin, end, hours) == 2 * HOUR


def test_a_mail_at_night_waits_from_the_morning_on():
    begin, end = local(LA, 2026, 6, 3, 2), local(LA, 2026, 6, 3, 9, 5)

    assert business_seconds(begin, end, weekdays(LA)) == 300


def test_a_break_at_noon_does_not_count():
    hours = weekdays(LA, ((9 * 60, 12 * 60), (13 * 60, 17 * 60)))

    begin, end = local(LA, 2026, 6, 3, 11), local(LA, 2026, 6, 3, 14)

    assert business_seconds(begin, end, hours) == 2 * HOUR


@pytest.mark.parametrize(
    ("zone", "day", "hours_long"),
    [
        (LA, (2026, 3, 8), 23),
        (LA, (2026, 11, 1), 25),
        (LA, (2026, 6, 3), 24),
        # The day begins at one o'clock.
        (SANTIAGO, (2026, 9, 6), 23),
        (SANTIAGO, (2026, 4, 4), 25),
    ],
)
def test_days_have_the_hours_that_they_have(zone, day, hours_long):
    begin = local(zone, *day)
    end = local(zone, *day) + timedelta(days=1)  # Wall clock: the next midnight.

    assert business_seconds(begin, end, every_day(zone, ALL_DAY)) == hours_long * HOUR


@pytest.mark.parametrize(("day", "hours_long"), [((2026, 3, 8), 1), ((2026, 11, 1), 3)])
def test_an_opening_lasts_as_long_as_it_does_on_the_day(day, hours_long):
    """From one to three, while the clock jumps at two."""
    begin, end = local(LA, *day), local(LA, *day, 12)

    counted = business_seconds(begin, end, every_day(LA, ((60, 180),)))

    assert counted == hours_long * HOUR


def test_an_opening_in_the_hour_that_there_is_not_lasts_no_time():
    begin, end = local(LA, 2026, 3, 8), local(LA, 2026, 3, 8, 12)

    assert business_seconds(begin, end, every_day(LA, ((130, 190),))) == 0


def test_what_ends_before_it_begins_took_no_time():
    begin = local(LA, 2026, 6, 3, 12)

    assert business_seconds(begin, begin - timedelta(hours=1), weekdays(LA)) == 0
    assert business_seconds(begin, begin - timedelta(hours=1), None) == 0


@pytest.mark.parametrize(
    ("text", "openings"),
    [
        ("", []),
        ("9-17", [(540, 1020)]),
        ("13:30-17:00; 9:00 - 12:15", [(540, 735), (810, 1020)]),
        ("0\u201324", [(0, 1440)]),
    ],
)
def test_openings_are_read_and_written(text, openings):
    assert parse_openings(text) == openings
    assert parse_openings(write_openings(openings)) == openings


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nine to five", "no time span"),
        ("17-9", "ends before"),
        ("9-25", "no such time"),
        ("9:75-12", "no such time"),
        ("9-12, 11-13", "overlap"),
    ],
)
def test_what_is_no_opening_is_refused_in_words(text, words):
    with pytest.raises(ValidationError, match=words):
        parse_openings(text)


def test_holidays_are_read_and_written():
    text = "2026-12-25 Christmas\n\n2026-01-01\n"

    found = parse_holidays(text)

    assert found == [("2026-01-01", ""), ("2026-12-25", "Christmas")]
    assert parse_holidays(write_holidays(found)) == found
    with pytest.raises(ValidationError, match="does not begin with a day"):
        parse_holidays("Christmas")
