"""The job that writes invoices by the clock."""

import pytest
from django.db import transaction

from tests.billing.manual.conftest import NOVEMBER, moment
from wagtail_ecp.accounts import actions as account_actions
from wagtail_ecp.accounts import installation
from wagtail_ecp.accounts.levels import find
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing import issuing
from wagtail_ecp.billing.models import Invoice, InvoiceLine, LevelHeld
from wagtail_ecp.jobs.invoices import issue_invoices

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """Let the clock stand in November, or where the test puts it."""

    def put(when):
        monkeypatch.setattr("django.utils.timezone.now", lambda: when)

    put(NOVEMBER)
    return put


def test_missed_months_are_made_up_for_once(account, now):
    issue_invoices()
    issue_invoices()
    assert Invoice.objects.count() == 3

    now(moment(2027, 2, 1, 8))  # Midnight in Los Angeles.
    issue_invoices()

    assert [row.period.month for row in Invoice.objects.order_by("number")] == [
        *(8, 9, 10),
        *(11, 12, 1),
    ]


def test_killed_half_way_and_run_again_it_gives_the_same(account, monkeypatch):
    write, written = issuing.write_invoice, []

    def write_and_die(*arguments, **named):
        written.append(write(*arguments, **named))
        if len(written) == 2:
            raise KeyboardInterrupt
        return written[-1]

    monkeypatch.setattr(issuing, "write_invoice", write_and_die)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        issue_invoices()
    monkeypatch.undo()
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOVEMBER)

    issue_invoices()

    rows = Invoice.objects.order_by("number")
    assert [row.number for row in rows] == [1, 2, 3]
    assert InvoiceLine.objects.count() == 3


def test_another_provider_writes_its_own(account, set_up):
    set_up(BILLING_PROVIDER="wagtail_ecp.billing.provider.Provider")

    issue_invoices()

    assert Invoice.objects.count() == 0
    assert LevelHeld.objects.count() == 1


def test_a_copy_says_so_in_the_log_and_writes_nothing(account, settings, caplog):
    installation.check()
    settings.WAGTAILADMIN_BASE_URL = "http://staging.example"

    issue_invoices()

    assert Invoice.objects.count() == 0
    assert "copy" in caplog.text


def test_nothing_happens_before_there_is_an_account(db):
    issue_invoices()

    assert Invoice.objects.count() == 0


def test_a_change_of_level_is_noted_as_soon_as_it_holds(
    account, settings, django_capture_on_commit_callbacks
):
    settings.WAGTAIL_ECP = {
        **settings.WAGTAIL_ECP,
        "JOB_QUEUE": "wagtail_ecp.queue.ImmediateQueue",
    }

    with django_capture_on_commit_callbacks(execute=True):
        account_actions.change_level(find("premium"), by=None)

    assert LevelHeld.objects.get().level == Account.objects.get().level.key == "premium"
