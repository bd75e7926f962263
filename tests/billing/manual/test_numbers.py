"""Numbers without gaps, whoever else is writing invoices at the same time."""

import threading

import pytest
from django.db import connection, transaction

from tests.billing.manual.conftest import NOVEMBER, month
from wagtail_ecp.billing import actions
from wagtail_ecp.billing.models import Invoice

pytestmark = pytest.mark.django_db(transaction=True)


class UndoneError(Exception):
    pass


def in_threads(*works):
    """Do each of these at the same time; return what they raised."""
    raised = []

    def do(work):
        try:
            work()
        except Exception as error:  # noqa: BLE001
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def numbers():
    return list(Invoice.objects.order_by("number").values_list("number", flat=True))


def test_two_at_once_write_each_month_once(account):
    def issue():
        actions.issue_invoices(now=NOVEMBER)

    assert in_threads(issue, issue, issue) == []
    assert numbers() == [1, 2, 3]


def test_credit_notes_and_invoices_at_once_share_one_series(account):
    issued = actions.issue_invoices(now=NOVEMBER)
    works = [lambda invoice=invoice: actions.credit(invoice) for invoice in issued]

    assert in_threads(*works) == []
    assert numbers() == [1, 2, 3, 4, 5, 6]


def test_what_is_rolled_back_uses_up_no_number(account):
    has_number, other_started = threading.Event(), threading.Event()

    def issue_and_undo():
        with transaction.atomic():
            actions.issue_invoices(month(2026, 8), now=NOVEMBER)
            has_number.set()
            other_started.wait(10)
            raise UndoneError

    def issue():
        has_number.wait(10)
        other_started.set()
        actions.issue_invoices(month(2026, 9), now=NOVEMBER)

    (raised,) = in_threads(issue_and_undo, issue)

    assert isinstance(raised, UndoneError)
    assert numbers() == [1]
    assert Invoice.objects.get().period == month(2026, 9)
