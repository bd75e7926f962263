"""What people do in a browser before they get to their work, and pictures of it."""

import os
from pathlib import Path

from selenium.webdriver.common.by import By

from tests.end_to_end.conftest import until


def log_in(browser, site, name):
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
