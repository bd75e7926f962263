"""What a search reads in the database: indexes, in their order, and never all there is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.builders import a_mailbox
from tests.search.searching import a_search
from wagtail_ecp.inbox.cursors import Cursor
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.inbox.search import indexes, pages
from wagtail_ecp.inbox.search.documents import Document
from wagtail_ecp.inbox.search.pages import page_at

pytestmark = pytest.mark.django_db

HELD = 600


@pytest.fixture
def mailbox(alice):
    """A mailbox full of conversations about parcels; the oldest one is about none."""
    mailbox = a_mailbox(repliers=[alice])
    now = timezone.now()
    Conversation.objects.bulk_create(
        Conversation(
            mailbox=mailbox,
            folder="inbox",
            subject=f"{number}",
            has_attachments=number % 100 == 1,
            is_to_be_indexed=False,
            began_at=now - timedelta(hours=number),
            last_message_at=now - timedelta(hours=number),
        )
        for number in range(HELD)
    )
    rows = list(Conversation.objects.order_by("-last_message_at"))
    words = ["parcel"] * (HELD - 1) + ["invoice"]
    indexes.chosen().put(
        [
            Document(row.pk, mailbox.pk, "", word)
            for row, word in reversed([*zip(rows, words, strict=True)])
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return mailbox


def queries_of_page(user, text, begin="", *, by_date=True):
    """Return the page and the statements that it took."""
    with CaptureQueriesContext(connection) as captured:
        page = page_at(a_search(user, text), begin, by_date=by_date)
    return page, [query["sql"] for query in captured.captured_queries]


def plans_of(statements):
    """Return the databases' plans of these, with sequential reading made dear."""
    is_sqlite = connection.vendor == "sqlite"
    plans = []
    with connection.cursor() as cursor:
        if not is_sqlite:
            cursor.execute("SET LOCAL enable_seqscan = off")
        for sql in statements:
            cursor.execute(("EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN ") + sql)
            plans.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return plans


def about(statements, name):
    return [sql for sql in statements if name in sql]


def test_by_date_the_mail_is_read_from_its_index_in_order(alice, mailbox):
    _page, statements = queries_of_page(alice, "is:unread")

    [plan] = plans_of(about(statements, "LIMIT 51"))

    assert "ecp_conversation_unread" in plan


def test_what_has_attachments_is_read_from_an_index_of_its_own(alice, mailbox):
    page, statements = queries_of_page(alice, "has:attachment")

    [plan] = plans_of(about(statements, "LIMIT 51"))

    assert len(page.rows) == HELD / 100
    assert "ecp_conversation_files" in plan
    assert "ecp_conversation_list" not in plan


def test_words_that_may_not_be_there_are_looked_up_for_those_that_are_shown(
    alice, mailbox
):
    page, statements = queries_of_page(alice, "-invoice")

    looked_up = about(statements, "modelsearch_indexentry")
    plans = "\n".join(plans_of(looked_up))
    assert len(page.rows) == 50
    assert "ecp_conversation_list" in plans_of(about(statements, "LIMIT 102"))[0]
    if connection.vendor == "sqlite":
        # Both ends of a span: "M" is the words, ">" and "<" are the rows.
        assert "VIRTUAL TABLE INDEX 0:M3><" in plans
        assert "_uniq (content_type_id=? AND object_id=?)" in plans
    else:
        assert "object_id" in plans
        assert "Seq Scan" not in plans


def test_no_page_looks_at_more_than_it_may_and_the_next_goes_on(
    alice, mailbox, monkeypatch
):
    monkeypatch.setattr(pages, "LOOKED_AT", 100)

    first, statements = queries_of_page(alice, "-parcel")
    second, _statements = queries_of_page(alice, "-parcel", first.next)

    assert (list(first.rows), list(second.rows)) == ([], [])
    assert Cursor.read(first.next).at > Cursor.read(second.next).at
    assert len(about(statements, "modelsearch_indexentry")) <= 4
    rows, begin = [], second.next
    while begin and not rows:
        page, _statements = queries_of_page(alice, "-parcel", begin)
        rows, begin = page.rows, page.next
    assert [row.subject for row in rows] == [str(HELD - 1)]


def test_a_count_of_what_does_not_have_a_word_is_made_of_the_latest(alice, mailbox):
    found = a_search(alice, "-parcel").conversations()

    [plan] = plans_of([_sql(found.filter(pk__in=list(range(5))))])

    assert found.get().subject == str(HELD - 1)
    if connection.vendor == "sqlite":
        assert "VIRTUAL TABLE INDEX 0:=M3" in plan


def _sql(rows):
    with CaptureQueriesContext(connection) as captured:
        list(rows)
    return captured.captured_queries[0]["sql"]
