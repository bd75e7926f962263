"""A fresh installation is set up in the browser, against real mail servers."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from tests.builders import a_user, an_email
from tests.end_to_end.browser import log_in, main_text, picture
from tests.end_to_end.conftest import until
from tests.setup.test_finding import AUTOCONFIG, a_world
from tests.transport.conftest import dovecot, dovecot_server  # noqa: F401 - fixtures
from tests.transport.dovecot import PASSWORD, USER
from tests.transport.smtp_servers import Keeper, accepting, running
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.fetching import fetch
from wagtail_ecp.inbox.models import Mailbox, Source
from wagtail_ecp.inbox.processing import process_batch
from wagtail_ecp.setup import lookups
from wagtail_ecp.setup.models import Setup

pytestmark = [pytest.mark.chromium, pytest.mark.dovecot, pytest.mark.slow]

FILE = """<clientConfig version="1.1"><emailProvider id="example.com">
<incomingServer type="imap"><hostname>localhost</hostname><port>{imap}</port>
<socketType>SSL</socketType><username>%EMAILADDRESS%</username></incomingServer>
<outgoingServer type="smtp"><hostname>localhost</hostname><port>{smtp}</port>
<socketType>SSL</socketType><username>%EMAILADDRESS%</username></outgoingServer>
</emailProvider></clientConfig>"""


@pytest.fixture
def provider(dovecot, monkeypatch):  # noqa: F811
    """The servers of example.com, which its autoconfig file names."""
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate.authority))
    keeper = Keeper()
    options = {
        "ssl_context": dovecot.certificate.for_servers(),
        "authenticator": accepting(USER, PASSWORD),
        "auth_require_tls": False,
    }
    with running(keeper, **options) as port:
        file = FILE.format(imap=dovecot.imaps_port, smtp=port).encode()
        world, _asked = a_world(files={AUTOCONFIG: file})
        monkeypatch.setattr(lookups, "current", lambda: world)
        yield dovecot


@pytest.fixture
def in_helsinki(chromium):
    def override(zone):
        chromium.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": zone})

    override("Europe/Helsinki")
    yield
    override("")


@pytest.fixture
def site(transactional_db, live_server):
    root = a_user("root", is_superuser=True)
    root.first_name, root.last_name = "Ruth", "Alder"
    root.save()
    a_user("bob")
    return live_server.url


class Wizard:
    """Whoever sets the site up, at the browser."""

    def __init__(self, browser, site):
        self.browser = browser
        self.site = site

    def open(self):
        self.browser.get(f"{self.site}/admin/mail/")

    def is_at(self, title):
        script = "return document.querySelector('[aria-current=step]')?.innerText ?? ''"
        return title in self.browser.execute_script(script)

    @property
    def text(self):
        return main_text(self.browser)

    def field(self, name):
        return self.browser.find_element(By.NAME, name)

    def value(self, name):
        return self.field(name).get_attribute("value")

    def type(self, name, text):
        field = self.field(name)
        field.clear()
        field.send_keys(text)
        return field

    def press(self, label):
        xpath = f"//main//button[normalize-space()='{label}'][not(@tabindex)]"
        button = self.browser.find_element(By.XPATH, xpath)
        self.browser.execute_script(
            "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})",
            button,
        )
        button.click()

    def choose(self, words):
        xpath = f"//main//label[contains(normalize-space(), '{words}')]"
        label = self.browser.find_element(By.XPATH, xpath)
        self.browser.execute_script(
            "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", label
        )
        label.click()

    def show(self, selector):
        element = self.browser.find_element(By.CSS_SELECTOR, selector)
        self.browser.execute_script(
            "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})",
            element,
        )


def name_the_account(wizard):
    wizard.open()
    assert "Step 1 of 5" in wizard.text
    until(lambda: wizard.value("time_zone") == "Europe/Helsinki")
    assert "time zone of your browser" in wizard.text
    wizard.type("name", "Alder & Finch")
    picture(wizard.browser, "wizard-account")
    wizard.field("name").send_keys(Keys.ENTER)


def keep_oneself_as_owner(wizard):
    until(lambda: wizard.is_at("Owner"))
    chosen = Select(wizard.field("owner")).first_selected_option
    assert chosen.text == "Ruth Alder (root)"
    wizard.press("Next")


def find_the_servers(wizard, provider):
    until(lambda: wizard.is_at("First mailbox"))
    wizard.type("address", USER)
    wizard.type("name", "Support")
    wizard.press("Find servers")
    until(lambda: "These servers were found" in wizard.text)
    assert wizard.value("incoming_host") == "localhost"
    assert wizard.value("incoming_port") == str(provider.imaps_port)
    assert wizard.value("outgoing_username") == USER
    picture(wizard.browser, "wizard-mailbox")


def try_a_wrong_password(wizard):
    wizard.type("incoming_password", "wrong")
    wizard.type("outgoing_password", PASSWORD)
    wizard.press("Test")
    until(lambda: "Authentication failed" in wizard.text)
    well = wizard.browser.find_elements(By.CSS_SELECTOR, ".ecp-setup__well")
    assert len(well) == 2 + 4
    wizard.show(".ecp-setup__failed")
    picture(wizard.browser, "wizard-test")
    assert not Account.objects.exists()


def leave_and_resume(wizard):
    wizard.browser.get(f"{wizard.site}/admin/")
    wizard.open()
    assert wizard.is_at("First mailbox")
    assert wizard.value("address") == USER
    wizard.type("incoming_password", PASSWORD)
    wizard.press("Next")


def choose_bob_and_finish(wizard):
    until(lambda: wizard.is_at("Colleagues"))
    assert "fetched from localhost, folder INBOX" in wizard.text
    wizard.choose("bob")
    picture(wizard.browser, "wizard-colleagues")
    wizard.press("Set it up")


def watch_a_mail_arrive(wizard, provider):
    until(lambda: wizard.is_at("Ready"))
    assert "Nothing has come yet" in wizard.text
    # Before anybody has visited the server: it is not taken for old mail.
    provider.deliver(an_email("Is anybody there?"))
    fetch(Source.objects.get().pk)
    while process_batch():
        pass
    until(lambda: "It is here" in wizard.text)
    picture(wizard.browser, "wizard-ready")
    wizard.browser.find_element(By.LINK_TEXT, "Is anybody there?").click()
    until(lambda: "/conversations/" in wizard.browser.current_url)


def test_a_site_is_set_up_and_its_first_mail_arrives(
    provider, in_helsinki, site, chromium
):
    log_in(chromium, site, "root")
    wizard = Wizard(chromium, site)

    name_the_account(wizard)
    keep_oneself_as_owner(wizard)
    find_the_servers(wizard, provider)
    try_a_wrong_password(wizard)
    leave_and_resume(wizard)
    choose_bob_and_finish(wizard)
    watch_a_mail_arrive(wizard, provider)

    account = Account.objects.get()
    assert account.owner.username == "root"
    assert account.time_zone == "Europe/Helsinki"
    assert Mailbox.objects.get().group_permissions.get().group.user_set.count() == 2
    assert not Setup.objects.exists()
    chromium.get(f"{site}/admin/mail/setup/account/")
    until(lambda: "/inbox/" in chromium.current_url)


@pytest.fixture
def narrow(chromium):
    size = chromium.get_window_size()
    chromium.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True},
    )
    yield
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    chromium.set_window_size(size["width"], size["height"])


def test_nothing_sticks_out_on_a_narrow_screen(provider, site, chromium, narrow):
    log_in(chromium, site, "root")
    wizard = Wizard(chromium, site)

    wizard.open()
    wizard.type("name", "Alder & Finch").send_keys(Keys.ENTER)
    until(lambda: wizard.is_at("Owner"))
    wizard.press("Next")
    until(lambda: wizard.is_at("First mailbox"))

    width = chromium.execute_script("return document.documentElement.scrollWidth")
    assert width <= 360


def test_what_is_not_chosen_is_out_of_sight(provider, site, chromium):
    log_in(chromium, site, "root")
    wizard = Wizard(chromium, site)
    wizard.open()
    wizard.type("name", "Alder & Finch").send_keys(Keys.ENTER)
    until(lambda: wizard.is_at("Owner"))
    wizard.press("Next")
    until(lambda: wizard.is_at("First mailbox"))
    assert wizard.field("incoming_host").is_displayed()

    wizard.choose("delivered to this site")

    assert not wizard.field("incoming_host").is_displayed()
    assert "ecp_listen" in wizard.text
