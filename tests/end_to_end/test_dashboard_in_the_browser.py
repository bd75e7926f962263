"""The dashboard: looked at, customised by keys alone, and open to everybody."""

from datetime import timedelta
from random import Random

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from wagtail.users.models import UserProfile

from tests.builders import (
    a_conversation,
    a_mailbox,
    a_user,
    an_email,
    receive_and_process,
)
from tests.end_to_end.axe import barriers
from tests.end_to_end.browser import find, log_in, main_text, picture, violations
from tests.end_to_end.conftest import until
from wagtail_ecp.inbox import actions, online, presence
from wagtail_ecp.inbox.models import (
    Announcement,
    Conversation,
    DashboardPanel,
    Mailbox,
)
from wagtail_ecp.inbox.search.vocabulary import Rule
from wagtail_ecp.metrics.models import Fact

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

WIDTH_SCRIPT = "return document.scrollingElement.scrollWidth"


@pytest.fixture
def ann(transactional_db):
    """Answers mail of two mailboxes, in which something has happened."""
    ann, bo = a_user("ann"), a_user("bo")
    a_mailbox(repliers=[ann, bo])
    press = a_mailbox("press@example.com", repliers=[ann])
    receive_and_process(an_email("Parcel never arrived"), an_email("Invoice 2231"))
    parcel, invoice = Conversation.objects.order_by("pk")
    actions.assign(parcel, to=ann, by=bo)
    actions.tag(invoice, ["billing"], by=bo)
    now = timezone.now()
    for hours, subject in ((30, "Interview on Friday?"), (2, "Photos of the opening")):
        a_conversation(
            press,
            subject,
            correspondent="Tomas Rey",
            assignee=ann,
            waiting_since=now - timedelta(hours=hours),
        )
    actions.save_search("Unread", [Rule("unread", "true")], by=ann)
    online.note(bo)
    presence.tell(invoice, user=bo, is_replying=False)
    Announcement.objects.create(
        key="a", title="The office is closed on Friday", at=now, text="Mail waits."
    )
    return ann


KINDS = (
    *(Fact.Kind.RECEIVED, Fact.Kind.RECEIVED, Fact.Kind.SENT, Fact.Kind.SPAM),
    *(Fact.Kind.RESPONSE, Fact.Kind.ANSWERED, Fact.Kind.CLOSED),
)


def measured(mailbox, ann, bo):
    """Let a month of work have been done in a mailbox."""
    dice = Random(7)  # noqa: S311
    rows = []
    for number in range(600):
        at = timezone.now() - timedelta(minutes=dice.randrange(60 * 24 * 60))
        at = at.replace(hour=min(23, max(0, int(dice.gauss(13, 4)))))
        kind = dice.choice(KINDS)
        seconds = int(dice.lognormvariate(9, 1)) if kind == Fact.Kind.RESPONSE else None
        member = dice.choice([ann, bo])
        rows.append(
            Fact(
                kind=kind,
                at=at,
                day=at.date(),
                hour=at.hour,
                mailbox_number=mailbox.pk,
                conversation_number=1 + number % 4,
                action_number=number,
                user=member,
                user_name=member.username,
                seconds=seconds,
                business_seconds=seconds and seconds // 3,
            )
        )
    Fact.objects.bulk_create(rows)


METRICS_SHOWN = ("response", "traffic", "traffic-by-hour", "activity", "waiting")


@pytest.fixture
def numbers(dashboard, ann):
    """A dashboard with metrics."""
    measured(Mailbox.objects.first(), ann, User.objects.get(username="bo"))
    for key in METRICS_SHOWN:
        actions.add_panel(key, by=ann)
    for slot in range(6):
        actions.remove_panel(slot, by=ann)
    dashboard.refresh()
    return dashboard


@pytest.fixture
def dashboard(ann, live_server, chromium):
    log_in(chromium, live_server.url, "ann")
    chromium.set_window_size(1280, 1000)
    chromium.get(f"{live_server.url}/admin/mail/dashboard/")
    until(lambda: chromium.execute_script("return !!window.wagtail?.app"))
    return chromium


def narrow(browser):
    return browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": False},
    )


def themed(browser, theme):
    """Show the page in the member's own theme, as Wagtail's account page sets it."""
    user = User.objects.get(username="ann")
    UserProfile.objects.update_or_create(user=user, defaults={"theme": theme})
    browser.refresh()
    find(browser, f".w-theme-{theme} main .ecp-page")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", ["", "customize/own/", "customize/own/0/"])
def test_everybody_can_use_it(dashboard, theme, page):
    dashboard.get(f"{dashboard.current_url}{page}")
    themed(dashboard, theme)

    assert barriers(dashboard) == []
    assert violations(dashboard) == []


@pytest.mark.parametrize("page", ["", "customize/own/", "customize/own/0/"])
def test_it_fits_a_narrow_window(dashboard, page):
    dashboard.get(f"{dashboard.current_url}{page}")
    narrow(dashboard)
    try:
        assert dashboard.execute_script(WIDTH_SCRIPT) <= 360
    finally:
        dashboard.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_panel_leads_to_the_cases_behind_its_numbers(numbers):
    picture(numbers, "numbers")

    find(numbers, ".ecp-panel--response h3 a").click()

    until(lambda: "The conversations behind it" in main_text(numbers))
    picture(numbers, "number-evidence")
    assert "90th percentile" in find(numbers, ".ecp-headlines").text


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", ["", "metrics/response/", "metrics/traffic-by-hour/"])
def test_everybody_can_read_the_numbers(numbers, theme, page):
    numbers.get(f"{numbers.current_url}{page}")
    themed(numbers, theme)
    numbers.execute_script(
        "document.querySelectorAll('.ecp-chart details').forEach(d => { d.open = true })"
    )

    assert barriers(numbers) == []
    assert violations(numbers) == []


@pytest.mark.parametrize("page", ["", "metrics/response/", "metrics/traffic/"])
def test_the_numbers_fit_a_narrow_window(numbers, page):
    numbers.get(f"{numbers.current_url}{page}")
    narrow(numbers)
    try:
        assert numbers.execute_script(WIDTH_SCRIPT) <= 360
    finally:
        numbers.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_keyboard_alone_reorders(dashboard, ann):
    picture(dashboard, "dashboard")
    find(dashboard, ".ecp-dashboard-tools a").send_keys(Keys.ENTER)
    handle = find(dashboard, ".ecp-chosen [data-w-orderable-target=handle]")
    picture(dashboard, "dashboard-customize")

    handle.send_keys(Keys.DOWN)
    handle.send_keys(Keys.DOWN)
    handle.send_keys(Keys.ENTER)

    until(lambda: DashboardPanel.objects.of(ann).exists())
    keys = list(DashboardPanel.objects.of(ann).values_list("key", flat=True))
    assert keys[:3] == ["my-mail", "saved-searches", "mailboxes"]
    until(lambda: "“Mailboxes” is moved." in dashboard.page_source)


def test_an_open_page_shows_what_has_come(dashboard):
    receive_and_process(an_email("Third"), an_email("Fourth"))

    dashboard.execute_script(
        "document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))"
    )

    table = ".ecp-panel--mailboxes tbody tr:last-child"
    until(lambda: "4" in dashboard.find_element(By.CSS_SELECTOR, table).text)
