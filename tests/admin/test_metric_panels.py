"""Metrics on the dashboard: numbers, pictures, the cases behind them, and files."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.admin.queries import queries_of
from tests.admin.test_dashboard import URL, chosen, panel, words
from tests.builders import a_conversation, a_mailbox, account_zone
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.metrics.measures import METRICS
from wagtail_ecp.metrics.models import Fact

pytestmark = pytest.mark.django_db

HOUR = 3600


@pytest.fixture(autouse=True)
def _nothing_measured_yet(settings):
    dummy = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    settings.CACHES = {"default": dummy}


@pytest.fixture
def support(alice):
    return a_mailbox(repliers=[alice])


def a_response(mailbox, hours, *, days_ago=1, user=None, subject="Parcel"):
    """Return the fact of an answer that took so long."""
    at = timezone.now() - timedelta(days=days_ago)
    local = at.astimezone(account_zone())
    found = a_conversation(mailbox, subject)
    return Fact.objects.create(
        kind=Fact.Kind.RESPONSE,
        at=at,
        day=local.date(),
        hour=local.hour,
        mailbox_number=mailbox.pk,
        conversation_number=found.pk,
        action_number=1,
        user=user,
        user_name=user.username if user else "",
        seconds=hours * HOUR,
        business_seconds=hours * HOUR // 2,
    )


def page_of(key, **query):
    url = reverse("wagtail_ecp:metric", args=[key])
    return url + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")


def cells(response):
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.key)
def test_every_metric_is_a_panel_with_a_page_and_files(
    browse, client, support, alice, metric
):
    a_conversation(support, waiting_since=timezone.now())
    chosen(alice, metric.key)
    get = browse(alice)

    shown = panel(get(URL), metric.key)
    page = get(shown.select("a")[-1]["href"])

    assert "can't be shown" not in words(shown)
    assert str(metric.definition) in words(page)
    assert not shown.select("[style], script, style")
    for name in ("metric_numbers", "metric_cases"):
        file = client.get(reverse(f"wagtail_ecp:{name}", args=[metric.key]))
        assert file["Content-Type"] == "text/csv; charset=utf-8"
        assert len(cells(file)) >= 1


def test_the_median_comes_first_then_nine_in_ten_and_the_mean_by_name(
    browse, support, alice
):
    for hours in (1, 2, 30):
        a_response(support, hours)
    a_response(support, 4, days_ago=40)
    chosen(alice, "response")

    first = panel(browse(alice)(URL), "response").select(".ecp-headline")

    assert [words(one) for one in first[:4]] == [
        "Median 2 h −50 % against the period before: before: 4 h",
        "90th percentile 1 d 6 h +650 % against the period before: before: 4 h",
        "Mean 11 h +175 % against the period before: before: 4 h",
        "Number 3 +200 % against the period before: before: 1",
    ]


def test_each_picture_says_what_it_is_and_has_its_numbers_as_a_table(
    browse, support, alice
):
    a_response(support, 2)
    chosen(alice, "response", days=7)

    figure = panel(browse(alice)(URL), "response").figure

    assert figure.svg["role"] == "img"
    assert figure.svg.find("title").get_text() == "Median"
    assert figure.svg.find("desc").get_text().startswith("From ")
    rows = figure.select("details tbody tr")
    assert len(rows) == 7
    assert "2 h" in words(rows[-2])


def test_the_page_lists_the_very_conversations_latest_first(browse, support, alice):
    a_response(support, 2, days_ago=3, subject="Earlier")
    a_response(support, 5, user=alice, subject="Later")

    rows = browse(alice)(page_of("response")).select("section li:has(time)")

    assert [words(row.a) for row in rows] == ["Later", "Earlier"]
    assert "5 h (2 h 30 min in business hours)" in words(rows[0])
    assert "Support · alice" in words(rows[0])


def test_a_panel_leads_to_the_page_of_the_same_days_and_mailbox(browse, support, alice):
    press = a_mailbox("press@example.com", readers=[alice])
    a_response(support, 2, subject="Support's")
    a_response(press, 2, subject="Press's")
    a_response(press, 2, days_ago=20, subject="Long ago")
    chosen(alice, "response", days=7, mailbox=press.pk)
    get = browse(alice)

    soup = get(panel(get(URL), "response").select("a")[-1]["href"])

    assert [words(row.a) for row in soup.select("section li:has(time)")] == ["Press's"]


def test_a_member_filter_asks_for_their_work_alone(browse, support, alice, bob):
    a_response(support, 2, user=alice, subject="Alice's")
    a_response(support, 4, user=bob, subject="Bob's")
    chosen(alice, "response", member=str(alice.pk))

    soup = browse(alice)(URL)

    assert "Median 2 h" in words(panel(soup, "response"))
    assert "alice" in words(soup.select_one(".ecp-panel--response header"))


@pytest.mark.parametrize("member", ["99999", "x"])
def test_a_member_whom_one_does_not_know_is_said_in_the_panels_place(
    browse, support, alice, carol, member
):
    chosen(alice, "response", member=member)

    said = words(panel(browse(alice)(URL), "response"))

    assert "gone" in said or "is no member" in said


def test_somebody_who_has_nothing_to_do_with_mail_is_not_named(
    browse, support, alice, carol
):
    chosen(alice, "response", member=str(carol.pk))

    assert "carol" not in words(browse(alice)(URL).select_one("main"))


def test_what_one_may_not_read_is_neither_counted_nor_listed_nor_sent(
    browse, client, support, alice
):
    secret = a_mailbox("secret@example.com")
    a_response(secret, 9, subject="Hidden")
    moved = a_response(support, 2, subject="Moved away")
    Conversation.objects.filter(pk=moved.conversation_number).update(mailbox=secret)

    soup = browse(alice)(page_of("response"))
    file = client.get(reverse("wagtail_ecp:metric_cases", args=["response"]))

    assert "Number 1" in words(soup)
    for text in (words(soup.select_one("main")), file.content.decode()):
        assert "Hidden" not in text
        assert "Moved away" not in text
        assert "Secret" not in text


def test_cases_come_in_pages_and_cost_as_few(client, browse, support, alice):
    client.force_login(alice)
    a_response(support, 1)
    few = queries_of(client, page_of("response"))
    for number in range(60):
        a_response(support, number)
    many = queries_of(client, page_of("response"))
    get = browse(alice)

    older = get(page_of("response")).select_one("a[rel=next]")["href"]
    second = get(page_of("response") + older)

    assert len(many) == len(few) <= 30
    assert len(second.select("section li:has(time)")) == 11


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (
            {"period": "dates", "first": "2026-03-02", "last": "2026-03-01"},
            "ends before it begins",
        ),
        ({"period": "dates"}, "a first and a last day"),
        ({"period": "x"}, "not one of the available choices"),
        ({"mailbox": "99999"}, "not one of the available choices"),
        ({"member": "x"}, "not one of the available choices"),
        ({"period": "dates", "first": "x", "last": "2026-03-01"}, "Enter a valid date"),
    ],
)
def test_nonsense_is_said_above_the_numbers_of_all(browse, support, alice, query, says):
    a_response(support, 2)

    soup = browse(alice)(page_of("response", **query))

    assert says in words(soup)
    assert "Number 1" in words(soup)


@pytest.mark.parametrize("query", [{"kind": "x"}, {"after": "x"}, {"kind": "sent"}])
def test_other_nonsense_is_as_if_it_were_not_there(browse, support, alice, query):
    a_response(support, 2)

    assert browse(alice)(page_of("response", **query)).select("section li:has(time)")


def test_there_is_no_page_of_a_metric_that_is_none(client, support, alice):
    client.force_login(alice)

    assert client.get(page_of("colour")).status_code == 404


def test_numbers_leave_as_they_are_and_words_can_be_no_formulas(client, support, alice):
    client.force_login(alice)
    for subject in ("=1+1", " @SUM(A1)", "＝cmd", "-2", "Fine"):
        a_response(support, 2, subject=subject)

    cases = cells(client.get(reverse("wagtail_ecp:metric_cases", args=["response"])))
    numbers = cells(
        client.get(reverse("wagtail_ecp:metric_numbers", args=["response"]))
    )

    assert {row[2] for row in cases[1:]} == {
        "'=1+1",
        "' @SUM(A1)",
        "'＝cmd",
        "'-2",
        "Fine",
    }
    assert cases[1][6:] == ["7200", "3600"]
    assert numbers[1] == ["", "", "Median", "7200", "", "seconds"]


def test_the_form_offers_no_mailbox_that_one_may_not_read(browse, support, alice):
    a_mailbox("secret@example.com")

    assert "Secret" not in words(browse(alice)(page_of("response")))


def test_of_a_number_that_is_now_nothing_is_said_of_before(browse, support, alice):
    a_conversation(support, waiting_since=timezone.now() - timedelta(hours=5))
    chosen(alice, "waiting")

    said = words(panel(browse(alice)(URL), "waiting"))

    assert "Waiting 1" in said
    assert "before" not in said
    assert "Longest 5 h" in said


def test_weekdays_and_hours_are_a_grid(browse, support, alice):
    chosen(alice, "traffic-by-hour")

    figure = panel(browse(alice)(URL), "traffic-by-hour").figure

    assert len(figure.select(".ecp-chart__cell")) == 7 * 24
    assert len(figure.select("tbody tr")) == 7
