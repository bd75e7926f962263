"""What people do in a browser before they get to their work, and pictures of it."""

import os
from pathlib import Path

from selenium.webdriver.common.by import By

from tests.end_to_end.conftest import until


def log_in(browser, site, name):
    browser.get_log("browser")  # What was said before is another test's.
    browser.get(f"{site}/admin/login/")
    browser.find_element(By.NAME, "username").send_keys(name)
    browser.find_element(By.NAME, "password").send_keys("pw")
    browser.find_element(By.CSS_SELECTOR, "form [type=submit]").click()
    until(lambda: "/login/" not in browser.current_url)


PICTURES = Path(__file__).parents[2] / "docs" / "images"


def picture(browser, name):
    """Keep what the browser shows, if ECP_SCREENSHOTS asks for the docs' pictures."""
    if os.environ.get("ECP_SCREENSHOTS"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        browser.save_screenshot(str(PICTURES / f"{name}.png"))


def main_text(browser):
    """Return what the page says, read at once: it may be leaving."""
    script = "return document.querySelector('main')?.innerText ?? ''"
    return browser.execute_script(script)


def find(browser, selector):
    return until(lambda: browser.find_elements(By.CSS_SELECTOR, selector))[0]


def scroll_to(browser, element):
    browser.execute_script(
        "arguments[0].scrollIntoView({behavior: 'instant', block: 'center'})",
        element,
    )


def press(browser, element):
    scroll_to(browser, element)
    element.click()


def violations(browser):
    """Return what the browser complains of, such as a blocked script.

    Wagtail's own list of time zones has one that browsers do not know.
    """
    logs = [log for log in browser.get_log("browser") if log["level"] == "SEVERE"]
    known = ("favicon", "localizeTimeZoneOptions")
    return [
        log["message"] for log in logs if not any(k in log["message"] for k in known)
    ]
