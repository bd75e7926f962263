"""What each metric says of some facts."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from tests.builders import (
    a_conversation,
    a_mailbox,
    a_received_conversation,
    an_email,
    receive_and_process,
)
from tests.metrics.facts import JUNE, WEEK, a_fact, asked, figures, line, table
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation, Folder, Mailbox
from wagtail_ecp.jobs.metrics import write_facts
from wagtail_ecp.metrics.asking import BY_KEY, measured
from wagtail_ecp.metrics.evidence import PAGE, evidence
from wagtail_ecp.metrics.measures import METRICS
from wagtail_ecp.metrics.models import Fact
from wagtail_ecp.metrics.scope import Period, Scope, today_here
from wagtail_ecp.metrics.spread import Spread, percentile, spread

Kind = Fact.Kind
pytestmark = pytest.mark.django_db


@pytest.fixture
def support(alice, bob):
    return a_mailbox(repliers=[alice, bob])


@pytest.fixture
def sales(bob):
    return a_mailbox("sales@example.com", repliers=[bob])


def test_every_metric_has_a_name_and_says_what_it_means():
    assert len(BY_KEY) == len(METRICS) == 13
    for metric in METRICS:
        assert metric.name
        assert len(str(metric.definition)) > 60


def test_the_documentation_says_what_each_metric_means():
    page = Path(__file__).parents[2] / "docs" / "explanation" / "numbers.md"
    headings = set(re.findall(r"^### (.+)$", page.read_text("utf-8"), re.MULTILINE))

    assert headings == {str(metric.name) for metric in METRICS}


def test_no_metric_fails_where_there_is_nothing(support, alice, carol):
    for metric in METRICS:
        asked(metric, carol)
        asked(metric, alice)
        asked(metric, alice, Period(JUNE, JUNE))


@pytest.mark.parametrize(
    ("values", "median", "p90"),
    [([5], 5, 5), ([1, 2], 1, 2), ([3, 1, 2], 2, 3), (range(1, 11), 5, 9)],
)
def test_percentiles_are_values_that_there_are(values, median, p90):
    assert (spread(values).median, spread(values).p90) == (median, p90)


@pytest.mark.postgres
def test_percentiles_are_what_postgresql_calls_so(support, alice):
    for number in range(101):
        a_fact(Kind.RESPONSE, support, seconds=7919 * number % 1000)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds)"
            " FROM wagtail_ecp_fact"
        )
        ((median, p90),) = cursor.fetchone()

    found = figures(asked(BY_KEY["response"], alice))

    assert (found["median"][0], found["p90"][0]) == (median, p90)


def test_of_nothing_there_is_no_median():
    assert spread([]) == Spread(0, None, None, None)
    assert percentile([7], 0) == 7


def test_times_are_told_by_median_ninetieth_percentile_and_mean(support, alice):
    for seconds in (60, 120, 180, 240, 6000):
        a_fact(Kind.RESPONSE, support, seconds=seconds, business_seconds=seconds // 2)
    a_fact(Kind.RESPONSE, support, day=-1, seconds=300)

    found = figures(asked(BY_KEY["response"], alice))

    assert found["median"] == (180, 300)
    assert found["p90"] == (6000, 300)
    assert found["mean"] == (1320, 300)
    assert found["number"] == (5, 1)
    assert found["business_median"] == (90, 300)


def test_a_line_has_a_point_for_each_day_and_none_where_nothing_was(support, alice):
    a_fact(Kind.RESPONSE, support, day=1, seconds=60)

    result = asked(BY_KEY["response"], alice)

    assert line(result, "median") == [None, 60, *[None] * 5]


def test_a_short_period_is_told_by_the_hour(support, alice):
    a_fact(Kind.RECEIVED, support, hour=9)
    a_fact(Kind.RECEIVED, support, hour=9)

    points = line(asked(BY_KEY["traffic"], alice, Period(JUNE, JUNE)), "in")

    assert len(points) == 24
    assert points[9] == 2


def test_first_and_last_days_belong_to_the_period(support, alice):
    for day in (-1, 0, 6, 7):
        a_fact(Kind.RECEIVED, support, day=day)

    assert figures(asked(BY_KEY["traffic"], alice))["in"] == (2, 1)


def test_a_member_filter_leaves_the_work_of_one(support, alice, bob):
    a_fact(Kind.RESPONSE, support, seconds=60, user=alice)
    a_fact(Kind.RESPONSE, support, seconds=600, user=bob)

    found = figures(asked(BY_KEY["response"], alice, member=bob.pk))

    assert found["median"] == (600, None)


def test_a_member_who_can_be_none_is_refused(support, alice):
    with pytest.raises(ValidationError):
        Scope.of(alice, WEEK, member="nobody")


def test_traffic_is_told_by_mailbox(support, sales, bob):
    a_fact(Kind.RECEIVED, support)
    a_fact(Kind.SENT, support)
    a_fact(Kind.SPAM, sales)

    result = asked(BY_KEY["traffic"], bob)

    assert table(result, "mailboxes") == {"Support": [1, 1, 0], "Sales": [0, 0, 1]}


def test_numbers_are_of_mailboxes_that_one_may_read(support, sales, alice):
    a_fact(Kind.RECEIVED, support)
    a_fact(Kind.RECEIVED, sales)

    assert figures(asked(BY_KEY["traffic"], alice))["in"] == (1, 0)
    with pytest.raises(ValidationError, match="may not read"):
        Scope.of(alice, WEEK, mailbox=sales.pk)


def test_a_mailbox_filter_leaves_one(support, sales, bob):
    a_fact(Kind.RECEIVED, support)

    assert figures(asked(BY_KEY["traffic"], bob, mailbox=sales.pk))["in"] == (0, 0)


def test_hours_are_told_by_weekday(support, alice):
    a_fact(Kind.RECEIVED, support, day=0, hour=14)  # The first of June is a Monday.
    a_fact(Kind.RECEIVED, support, day=6, hour=0)

    rows = table(asked(BY_KEY["traffic-by-hour"], alice), "hours")

    assert rows["Monday"][14] == rows["Sunday"][0] == 1
    assert sum(map(sum, rows.values())) == 2


def test_the_breakdown_counts_conversations_once(support, sales, alice, bob):
    one, other = a_conversation(support), a_conversation(support)
    actions.tag(one, ["lost", "urgent"], by=alice)
    actions.assign(other, to=bob, by=alice)
    for conversation in (one, one, other):
        a_fact(Kind.RECEIVED, support, conversation=conversation)

    result = asked(BY_KEY["breakdown"], alice)

    assert table(result, "mailboxes") == {"Support": [2]}
    assert table(result, "tags") == {"lost": [1], "urgent": [1]}
    assert table(result, "assignees") == {"Nobody": [1], "bob": [1]}


def test_what_went_where_one_may_not_read_is_in_no_breakdown(
    support, sales, alice, bob
):
    moved = a_conversation(support)
    actions.tag(moved, ["secret"], by=alice)
    a_fact(Kind.RECEIVED, support, conversation=moved)
    Conversation.objects.update(mailbox=sales)

    result = asked(BY_KEY["breakdown"], alice)

    assert table(result, "tags") == {}
    assert figures(asked(BY_KEY["traffic"], alice))["in"] == (1, 0)


def test_activity_is_told_by_member_also_of_those_who_are_gone(support, alice, bob):
    a_fact(Kind.ANSWERED, support, user=alice)
    a_fact(Kind.ANSWERED, support, user=alice)
    a_fact(Kind.CLOSED, support, user=bob)
    a_fact(Kind.ASSIGNED, support, user_name="dora")
    for seconds in (60, 90):
        a_fact(Kind.HANDLED, support, user=alice, seconds=seconds)

    result = asked(BY_KEY["activity"], alice)

    assert table(result, "members") == {
        "alice": [2, 0, 0, 60],
        "bob": [0, 1, 0, None],
        "dora": [0, 0, 1, None],
    }


def test_the_backlog_goes_back_from_what_is_open_now(support, alice):
    today = today_here()
    receive_and_process(*(an_email(f"Subject {number}") for number in range(3)))
    closed = Conversation.objects.earliest("pk")
    actions.move_to(Folder.ARCHIVE, closed, by=alice)
    write_facts()
    entered = Fact.objects.filter(kind=Kind.ENTERED).order_by("pk")
    yesterday = entered.filter(pk__in=entered[:2])
    yesterday.update(day=today - timedelta(days=1))

    period = Period(today - timedelta(days=2), today + timedelta(days=1))
    result = asked(BY_KEY["backlog"], alice, period)

    assert line(result, "open") == [0, 2, 2, None]
    assert figures(result)["open"] == (2, 0)


def test_the_backlog_of_the_past_does_not_change(support, alice):
    long_ago = Period(JUNE, JUNE + timedelta(days=2))
    a_received_conversation()
    write_facts()

    assert line(asked(BY_KEY["backlog"], alice, long_ago), "open") == [0, 0, 0]


def test_the_reopen_rate_is_of_the_closes_of_the_period(support, alice):
    for _time in range(4):
        a_fact(Kind.CLOSED, support)
    a_fact(Kind.REOPENED, support)

    found = figures(asked(BY_KEY["reopened"], alice))

    assert found["rate"] == (0.25, None)
    assert (found["closed"], found["reopened"]) == ((4, 0), (1, 0))


def test_who_waits_is_told_by_age(support, alice, bob):
    now = timezone.now()
    for hours in (0.5, 2, 100, 1000):
        since = now - timedelta(hours=hours)
        a_conversation(support, waiting_since=since, assignee=bob)
    a_conversation(support)
    a_conversation(support, folder=Folder.ARCHIVE, waiting_since=now)

    result = asked(BY_KEY["waiting"], alice)

    assert [row[0] for row in table(result, "ages").values()] == [1, 1, 0, 0, 1, 1]
    assert figures(result)["waiting"] == (4, None)
    assert figures(result)["longest"][0] >= 3_600_000
    assert figures(asked(BY_KEY["waiting"], alice, member=alice.pk))["waiting"][0] == 0


def test_spam_is_told_by_what_was_caught_rescued_and_missed(support, alice, bob):
    for kind in (Kind.CAUGHT, Kind.CAUGHT, Kind.RESCUED, Kind.MISSED):
        a_fact(kind, support)

    found = figures(asked(BY_KEY["spam"], alice, member=bob.pk))

    assert found == {"caught": (2, 0), "rescued": (1, 0), "missed": (1, 0)}


def test_pages_are_told_by_their_latest_name(support, alice):
    a_fact(Kind.SUBMITTED, support, day=1, page_number=7, page_title="Contact us")
    a_fact(Kind.SUBMITTED, support, day=0, page_number=7, page_title="Contact")
    a_fact(Kind.SUBMITTED, support, day=0, page_number=8, page_title="Booking")

    result = asked(BY_KEY["pages"], alice)

    assert table(result, "pages") == {"Contact us": [2], "Booking": [1]}


@pytest.mark.parametrize("days", [-1, 731])
def test_a_period_has_an_end_after_its_beginning_and_a_bound(days):
    with pytest.raises(ValidationError):
        Period(JUNE, JUNE + timedelta(days=days))


def test_the_period_before_is_as_long_and_just_before():
    assert WEEK.before == Period(date(2026, 5, 25), date(2026, 5, 31))


def test_today_is_the_accounts(support):
    Account.objects.update(time_zone="Pacific/Kiritimati")

    assert today_here() == datetime.now(tz=ZoneInfo("Pacific/Kiritimati")).date()


def test_the_evidence_is_the_very_conversations_latest_first(support, alice):
    one, other = a_conversation(support, "One"), a_conversation(support, "Other")
    a_fact(Kind.RESPONSE, support, day=1, conversation=one, seconds=60)
    a_fact(Kind.RESPONSE, support, day=2, conversation=other, seconds=90)
    a_fact(Kind.RESPONSE, support, day=9, conversation=other, seconds=90)

    page = evidence(BY_KEY["response"], Scope.of(alice, WEEK))

    assert [row.conversation for row in page.rows] == [other, one]
    assert [row.fact.seconds for row in page.rows if row.fact] == [90, 60]
    assert page.following is None


def test_evidence_goes_on_where_the_page_ended(support, alice):
    conversation = a_conversation(support)
    for number in range(PAGE + 3):
        a_fact(Kind.RECEIVED, support, conversation=conversation, message_number=number)
    scope = Scope.of(alice, WEEK)

    first = evidence(BY_KEY["traffic"], scope)
    second = evidence(BY_KEY["traffic"], scope, after=first.following)

    seen = [row.fact.message_number for row in (*first.rows, *second.rows) if row.fact]
    assert set(seen) == set(range(PAGE + 3))
    assert len(seen) == PAGE + 3
    assert second.following is None


def test_evidence_shows_nothing_that_one_may_not_read(support, sales, alice, bob):
    moved, merged, whole = (a_conversation(support) for _time in range(3))
    for conversation in (moved, merged, 999):
        a_fact(Kind.RECEIVED, support, conversation=conversation)
    Conversation.objects.filter(pk__in=[moved.pk, whole.pk]).update(mailbox=sales)
    Conversation.objects.filter(pk=merged.pk).update(merged_into=whole)

    seen = evidence(BY_KEY["traffic"], Scope.of(alice, WEEK)).rows
    bobs = evidence(BY_KEY["traffic"], Scope.of(bob, WEEK)).rows

    assert list(seen) == []
    assert {row.conversation.pk for row in bobs} == {moved.pk, whole.pk}


def test_evidence_can_be_of_another_kind_and_of_one_page(support, alice):
    conversation = a_conversation(support)
    a_fact(Kind.SPAM, support, conversation=conversation)
    a_fact(Kind.SUBMITTED, support, conversation=conversation, page_number=7)
    scope = Scope.of(alice, WEEK)

    assert len(evidence(BY_KEY["traffic"], scope, kind=Kind.SPAM).rows) == 1
    assert len(evidence(BY_KEY["pages"], scope, page_number=8).rows) == 0


def test_who_waits_longest_is_the_first_evidence(support, alice):
    now = timezone.now()
    late = a_conversation(support, waiting_since=now)
    early = a_conversation(support, waiting_since=now - timedelta(days=1))

    page = evidence(BY_KEY["waiting"], Scope.of(alice, WEEK))

    assert [row.conversation for row in page.rows] == [early, late]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.key)
def test_a_metric_costs_the_same_number_of_queries_whatever_there_is(
    support, alice, metric, django_assert_max_num_queries
):
    for number in range(20):
        conversation = a_conversation(support, waiting_since=timezone.now())
        for kind in (Kind.RECEIVED, Kind.RESPONSE, Kind.ANSWERED, Kind.SUBMITTED):
            on = {"day": number % 7, "page_number": number}
            a_fact(kind, support, conversation=conversation, seconds=9, **on)
    scope = Scope.of(alice, WEEK)

    with django_assert_max_num_queries(16):
        metric.measure(scope)
    with django_assert_max_num_queries(3):
        evidence(metric, scope)


def test_an_answer_may_be_shown_again_for_the_same_question_alone(
    support, sales, alice, bob, settings
):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "metrics",
        }
    }
    a_fact(Kind.RECEIVED, support)
    a_fact(Kind.RECEIVED, sales)
    traffic = BY_KEY["traffic"]
    first = measured(traffic, Scope.of(alice, WEEK))
    a_fact(Kind.RECEIVED, support)

    assert measured(traffic, Scope.of(alice, WEEK)) == first
    assert figures(measured(traffic, Scope.of(bob, WEEK)))["in"] == (3, 0)
    assert figures(measured(traffic, Scope.of(alice, WEEK.before)))["in"] == (0, 0)
    assert Mailbox.objects.count() == 2
