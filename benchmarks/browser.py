"""From the click to a readable page in Chromium, beside Wagtail's own edit page."""

import contextlib
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.testing import StaticLiveServerTestCase
from django.urls import reverse
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from wagtail.snippets.models import register_snippet

from tests.builders import a_mailbox, a_user, an_email, receive_and_process
from tests.servers import a_browser
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox.models import Conversation

ROUNDS = 15
MESSAGES = 5
# All that the page needs has arrived, what its frames show included.
READABLE = """
const [page] = performance.getEntriesByType("navigation");
return page && page.loadEventEnd;
"""

register_snippet(Contact)
from benchmarks.pages import urlpatterns  # noqa: E402 - they read what is registered.

__all__ = ["run", "urlpatterns"]


def run() -> list[dict[str, float | str]]:
    """Click on a conversation and on a snippet, taking turns."""
    member = a_user("member", is_superuser=True)
    mailbox = a_mailbox("support@example.org", repliers=[member])
    before: list[str] = []
    for number in range(MESSAGES):
        mail = an_email(
            f"{'Re: ' if before else ''}Where is it?",
            "A line of what people write.\n" * 30,
            to=mailbox.address,
            message_id=f"{number}@customer.example",
            cites=before,
        )
        receive_and_process(mail, to=mailbox.address)
        before.append(f"{number}@customer.example")
    conversation = Conversation.objects.whole().get()
    contact: Any = Contact.objects.get()  # Registering gave it a viewset.
    pages = {
        "conversation of 5 messages": (
            reverse("wagtail_ecp:folder", args=[mailbox.pk, "inbox"]),
            reverse("wagtail_ecp:conversation", args=[conversation.pk]),
        ),
        "Wagtail's snippet edit page": (
            reverse(contact.snippet_viewset.get_url_name("list")),
            reverse(contact.snippet_viewset.get_url_name("edit"), args=[contact.pk]),
        ),
    }
    times: dict[str, list[float]] = {name: [] for name in pages}
    with _site() as site, _browser(site) as browser:
        for _round in range(ROUNDS + 1):  # The first fills the browser's cache.
            for name, (page, target) in pages.items():
                times[name].append(_click(browser, f"{site}{page}", target))
    medians = {name: statistics.median(taken[1:]) for name, taken in times.items()}
    (*_others, snippet) = medians.values()
    return [
        {"page": name, "ms to readable": ms, "times the snippet page": ms / snippet}
        for name, ms in medians.items()
    ]


def _click(browser: webdriver.Chrome, page: str, target: str) -> float:
    browser.get(page)
    link = browser.find_element(By.CSS_SELECTOR, f'main a[href^="{target}"]')
    browser.execute_script("arguments[0].click()", link)
    waiting = WebDriverWait(browser, 30, poll_frequency=0.02)
    waiting.until(lambda shown: target in shown.current_url)
    return float(waiting.until(lambda shown: shown.execute_script(READABLE)))


@contextlib.contextmanager
def _site() -> Iterator[str]:
    StaticLiveServerTestCase.setUpClass()
    try:
        yield StaticLiveServerTestCase.live_server_url
    finally:
        StaticLiveServerTestCase.tearDownClass()


@contextlib.contextmanager
def _browser(site: str) -> Iterator[webdriver.Chrome]:
    with (
        tempfile.TemporaryDirectory(prefix="ecp-browser-") as profile,
        a_browser(Path(profile)) as browser,
    ):
        browser.get(f"{site}/admin/login/")
        browser.find_element(By.NAME, "username").send_keys("member")
        browser.find_element(By.NAME, "password").send_keys("pw")
        browser.find_element(By.CSS_SELECTOR, "form [type=submit]").click()
        WebDriverWait(browser, 30).until(lambda b: "/login/" not in b.current_url)
        yield browser
