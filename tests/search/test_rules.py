"""What each type of rule finds with each of its operators."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.builders import a_mailbox, a_user, an_email, receive_and_process
from tests.search.searching import found_by
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox.models import (
    Attachment,
    Conversation,
    ConversationTag,
    Draft,
    Follow,
    Message,
    Note,
    Star,
    Tag,
)
from wagtail_ecp.inbox.search.finding import Search
from wagtail_ecp.inbox.search.indexing import index_waiting
from wagtail_ecp.inbox.search.narrowing import NARROWING, TEXTS
from wagtail_ecp.inbox.search.viewing import Viewer
from wagtail_ecp.inbox.search.vocabulary import (
    BY_KEY,
    BY_NAME,
    TYPES,
    Operator,
    Rule,
    Trouble,
)
from wagtail_ecp.journal.actions import record
from wagtail_ecp.journal.models import Action

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
#: The day on which clocks go back there: 25 hours long.
NOW = datetime(2026, 10, 25, 12, tzinfo=BERLIN).astimezone(UTC)


def local(year, month, day, hour):
    return datetime(year, month, day, hour, tzinfo=BERLIN).astimezone(UTC)


class Three:
    """Conversations ``a``, ``b`` and ``c`` that differ in everything."""

    def __init__(self):
        self.alice, self.bob = a_user("alice"), a_user("bob")
        self.support = a_mailbox(repliers=[self.alice, self.bob])
        self.sales = a_mailbox("sales@example.com", repliers=[self.alice])
        Account.objects.update(time_zone="Europe/Berlin")
        mails = (
            an_email(
                "Where is my parcel?",
                "The courier never came.",
                sender="Vera Holm <vera@customer.example>",
                message_id="a@x",
                Cc="Nils Berg <nils@friends.example>",
            ),
            an_email(
                "Invoice 2231",
                "Thanks, that settles the parcel too.",
                sender="Tomás Rey <tomas@shop.example>",
                to="support@example.com, Olga Lind <olga@others.example>",
                message_id="b@x",
            ),
        )
        receive_and_process(*mails)
        receive_and_process(
            an_email(
                "注文について",
                "Grüße aus KÖLN",
                sender="ada@customer.example",
                to="sales@example.com",
                message_id="c@x",
            ),
            to="sales@example.com",
        )
        self.a, self.b, self.c = Conversation.objects.order_by("pk")
        Action.objects.all().delete()
        self._differ()
        while index_waiting():
            pass

    def _differ(self):
        times = (
            local(2026, 10, 25, 1),
            local(2026, 10, 24, 23),
            local(2026, 10, 1, 9),
        )
        for row, at in zip((self.a, self.b, self.c), times, strict=True):
            Message.objects.filter(conversation=row).update(at=at)
            row.last_message_at = row.began_at = row.waiting_since = at
            record(Action.Kind.NOTED, mailbox=row.mailbox_id, conversation=row.pk)
            Action.objects.filter(conversation_number=row.pk).update(at=at)
        self.a.assignee, self.b.assignee = self.alice, self.bob
        self.a.folder, self.b.folder = "archive", "inbox"
        self.a.has_attachments = True
        self.a.is_unread = False
        self.b.message_count = 2
        self.b.last_answer_at = times[1]
        self.b.waiting_since = None
        self.c.snoozed_until = NOW + timedelta(days=1)
        for row in (self.a, self.b, self.c):
            row.is_to_be_indexed = True
            row.save()
        record(Action.Kind.TAGGED, mailbox=self.a.mailbox_id, conversation=self.a.pk)
        Action.objects.filter(kind="tagged").update(at=times[0])
        self._rows()

    def _rows(self):
        a, b = self.a.messages.get(), self.b.messages.get()
        for message, name, kind in (
            (a, "photo of parcel.jpg", "image/jpeg"),
            (b, "scan.pdf", "application/pdf"),
        ):
            Attachment.objects.create(
                message=message, index=0, name=name, content_type=kind, size=1
            )
        Message.objects.filter(pk=b.pk).update(author=self.bob, direction="out")
        Note.objects.create(conversation=self.a, text="called the courier")
        Note.objects.create(conversation=self.b, text="nothing to do")
        vip = Tag.objects.create(name="VIP", key="vip")
        late = Tag.objects.create(name="very late", key="very late")
        ConversationTag.objects.create(conversation=self.a, tag=vip)
        ConversationTag.objects.create(conversation=self.b, tag=late)
        Star.objects.create(conversation=self.a, user=self.alice)
        Star.objects.create(conversation=self.b, user=self.bob)
        Follow.objects.create(conversation=self.a, user=self.alice)
        Draft.objects.create(conversation=self.a, mailbox=self.support)
        Draft.objects.create(
            conversation=self.b,
            mailbox=self.support,
            author=self.bob,
            is_private=True,
        )
        Contact.objects.filter(conversations=self.a).update(origin="added")

    def names(self, numbers):
        rows = {self.a.pk: "a", self.b.pk: "b", self.c.pk: "c"}
        return "".join(sorted(rows[number] for number in numbers))


#: By type and operator: values, and which of the three are found.
TABLE: dict[tuple[str, str], list[tuple[tuple[str, ...], str]]] = {
    ("user", "equals"): [(("alice",), "a"), (("BOB",), "b")],
    ("user", "not-equals"): [(("alice",), "bc")],
    ("user", "in"): [(("alice", "bob"), "ab")],
    ("user", "user-is-me"): [((), "a")],
    ("user", "user-is-nobody"): [((), "c")],
    ("mailbox", "equals"): [(("sales@example.com",), "c")],
    ("mailbox", "not-equals"): [(("Sales@Example.com",), "ab")],
    ("mailbox", "in"): [(("sales@example.com", "support@example.com"), "abc")],
    ("message-date", "equals"): [(("2026-10-24",), "b"), (("2026-10-25",), "a")],
    ("message-date", "not-equals"): [(("2026-10-24",), "ac")],
    ("message-date", "before"): [(("2026-10-25",), "bc"), (("2026-10-24",), "c")],
    ("message-date", "after"): [(("2026-10-24",), "a"), (("2026-10-25",), "")],
    ("message-date", "between"): [
        (("2026-10-24", "2026-10-25"), "ab"),
        (("2026-10-25", "2026-10-24"), "ab"),
    ],
    # By the clock it is 11 hours since one o'clock; an hour came twice.
    ("message-date", "newer-than"): [(("12h",), "a"), (("11h",), ""), (("1d",), "ab")],
    ("message-date", "older-than"): [(("13d",), "c"), (("2w",), "c"), (("1m",), "")],
    ("message-date", "today"): [((), "a")],
    ("message-date", "yesterday"): [((), "b")],
    ("action-date", "equals"): [(("2026-10-24",), "b")],
    ("action-date", "not-equals"): [(("2026-10-24",), "ac")],
    ("action-date", "before"): [(("2026-10-24",), "c")],
    ("action-date", "after"): [(("2026-10-24",), "a")],
    ("action-date", "between"): [(("2026-10-01", "2026-10-24"), "bc")],
    ("action-date", "newer-than"): [(("1d",), "ab")],
    ("action-date", "older-than"): [(("3w",), "c")],
    ("action-date", "today"): [((), "a")],
    ("action-date", "yesterday"): [((), "b")],
    ("tag", "equals"): [(("Vip",), "a")],
    ("tag", "not-equals"): [(("vip",), "bc")],
    ("tag", "in"): [(("vip", "very late"), "ab")],
    ("tag", "contains"): [(("late",), "b")],
    ("tag", "not-contains"): [(("late",), "ac")],
    ("tag", "starts-with"): [(("v",), "ab"), (("very",), "b")],
    ("tag", "ends-with"): [(("ip",), "a")],
    ("tag", "true"): [((), "ab")],
    ("tag", "false"): [((), "c")],
    ("subject", "contains"): [(("PARCEL",), "a"), (("is my",), "a"), (("注文",), "c")],
    ("subject", "not-contains"): [(("parcel",), "bc")],
    ("subject", "equals"): [(("where is my parcel",), "a"), (("parcel",), "")],
    ("subject", "not-equals"): [(("invoice 2231",), "ac")],
    ("subject", "starts-with"): [(("where is",), "a"), (("inv",), "b"), (("is",), "")],
    ("subject", "ends-with"): [(("my parcel?",), "a"), (("invoice",), "")],
    ("subject", "in"): [(("parcel", "invoice"), "ab")],
    ("from", "contains"): [
        (("vera",), "a"),
        (("customer.example",), "ac"),
        (("tomas rey",), "b"),
        (("nils",), ""),
    ],
    ("from", "not-contains"): [(("customer.example",), "b")],
    ("from", "equals"): [(("vera@customer.example",), "a"), (("vera",), "")],
    ("from", "not-equals"): [(("Vera Holm",), "bc")],
    ("from", "starts-with"): [(("ve",), "a")],
    ("from", "ends-with"): [(("@shop.example",), "b")],
    ("from", "in"): [(("vera", "ada"), "ac")],
    ("to", "contains"): [(("support",), "ab"), (("olga",), "b"), (("nils",), "")],
    ("to", "not-contains"): [(("olga",), "ac")],
    ("to", "equals"): [(("sales@example.com",), "c")],
    ("to", "not-equals"): [(("sales@example.com",), "ab")],
    ("to", "starts-with"): [(("olga li",), "b")],
    ("to", "ends-with"): [(("others.example",), "b")],
    ("to", "in"): [(("olga", "sales"), "bc")],
    ("cc", "contains"): [(("nils",), "a"), (("olga",), "")],
    ("cc", "not-contains"): [(("nils",), "bc")],
    ("cc", "equals"): [(("Nils Berg",), "a")],
    ("cc", "not-equals"): [(("Nils Berg",), "bc")],
    ("cc", "starts-with"): [(("nil",), "a")],
    ("cc", "ends-with"): [(("friends.example",), "a")],
    ("cc", "in"): [(("nobody", "nils"), "a")],
    ("recipient", "contains"): [(("nils",), "a"), (("olga",), "b")],
    ("recipient", "not-contains"): [(("nils",), "bc")],
    ("recipient", "equals"): [(("olga@others.example",), "b")],
    ("recipient", "not-equals"): [(("olga@others.example",), "ac")],
    ("recipient", "starts-with"): [(("nils",), "a")],
    ("recipient", "ends-with"): [(("friends.example",), "a")],
    ("recipient", "in"): [(("nils", "olga"), "ab")],
    ("folder", "equals"): [(("archive",), "a"), (("inbox",), "bc"), (("spam",), "")],
    ("folder", "not-equals"): [(("archive",), "bc")],
    ("folder", "in"): [(("archive", "inbox"), "abc")],
    ("has-attachment", "true"): [((), "a")],
    ("has-attachment", "false"): [((), "bc")],
    ("attachment-name", "contains"): [(("parcel",), "a"), (("pdf",), "b")],
    ("attachment-name", "not-contains"): [(("pdf",), "ac")],
    ("attachment-name", "equals"): [(("scan.pdf",), "b"), (("scan",), "")],
    ("attachment-name", "not-equals"): [(("scan.pdf",), "ac")],
    ("attachment-name", "starts-with"): [(("photo",), "a")],
    ("attachment-name", "ends-with"): [((".jpg",), "a")],
    ("attachment-name", "in"): [(("jpg", "pdf"), "ab")],
    ("body", "contains"): [(("courier",), "a"), (("parcel",), "b"), (("grusse",), "c")],
    ("body", "not-contains"): [(("courier",), "bc")],
    ("body", "equals"): [(("the courier never came",), "a"), (("courier",), "")],
    ("body", "not-equals"): [(("the courier never came",), "bc")],
    ("body", "starts-with"): [(("the cour",), "a")],
    ("body", "ends-with"): [(("aus Köln",), "c")],
    ("body", "in"): [(("courier", "köln"), "ac")],
    ("action", "equals"): [(("tagged",), "a"), (("noted",), "abc")],
    ("action", "not-equals"): [(("tagged",), "bc")],
    ("action", "in"): [(("tagged", "merged"), "a")],
    ("note", "contains"): [(("courier",), "a"), (("parcel",), "")],
    ("note", "not-contains"): [(("courier",), "bc")],
    ("note", "equals"): [(("nothing to do",), "b")],
    ("note", "not-equals"): [(("nothing to do",), "ac")],
    ("note", "starts-with"): [(("called",), "a")],
    ("note", "ends-with"): [(("to do",), "b")],
    ("note", "in"): [(("called", "nothing"), "ab")],
    ("note", "true"): [((), "ab")],
    ("note", "false"): [((), "c")],
    ("sender", "equals"): [(("Vera@Customer.Example",), "a"), (("vera",), "")],
    ("sender", "not-equals"): [(("vera@customer.example",), "bc")],
    ("sender", "in"): [(("vera@customer.example", "ada@customer.example"), "ac")],
    ("sender", "contains"): [(("customer",), "ac")],
    ("sender", "not-contains"): [(("customer",), "b")],
    ("sender", "starts-with"): [(("ve",), "a")],
    ("sender", "ends-with"): [(("@customer.example",), "ac")],
    ("unread", "true"): [((), "bc")],
    ("unread", "false"): [((), "a")],
    ("starred", "true"): [((), "a")],
    ("starred", "false"): [((), "bc")],
    ("conversation", "equals"): [(("#{a}",), "a")],
    ("conversation", "not-equals"): [(("{a}",), "bc")],
    ("conversation", "in"): [(("{a}", "{b}"), "ab")],
    ("message", "equals"): [(("<a@x>",), "a"), (("b@x",), "b")],
    ("message", "not-equals"): [(("a@x",), "bc")],
    ("message", "in"): [(("a@x", "c@x"), "ac")],
    ("contact", "equals"): [(("vera@customer.example",), "a")],
    ("contact", "not-equals"): [(("vera@customer.example",), "bc")],
    ("contact", "in"): [(("vera@customer.example", "tomas@shop.example"), "ab")],
    ("contact", "true"): [((), "a")],
    ("contact", "false"): [((), "bc")],
    ("first-message", "equals"): [(("2026-10-24",), "b")],
    ("first-message", "not-equals"): [(("2026-10-24",), "ac")],
    ("first-message", "before"): [(("2026-10-24",), "c")],
    ("first-message", "after"): [(("2026-10-24",), "a")],
    ("first-message", "between"): [(("2026-10-01", "2026-10-24"), "bc")],
    ("first-message", "newer-than"): [(("1d",), "ab")],
    ("first-message", "older-than"): [(("1d",), "c")],
    ("first-message", "today"): [((), "a")],
    ("first-message", "yesterday"): [((), "b")],
    ("first-message", "true"): [((), "ac")],
    ("first-message", "false"): [((), "b")],
    ("creator", "equals"): [(("bob",), "b"), (("alice",), "")],
    ("creator", "not-equals"): [(("bob",), "ac")],
    ("creator", "in"): [(("bob", "alice"), "b")],
    ("creator", "user-is-me"): [((), "")],
    ("creator", "user-is-nobody"): [((), "ac")],
    ("mime-type", "equals"): [(("image/jpeg",), "a")],
    ("mime-type", "not-equals"): [(("image/jpeg",), "bc")],
    ("mime-type", "in"): [(("image/jpeg", "application/pdf"), "ab")],
    ("mime-type", "contains"): [(("pdf",), "b")],
    ("mime-type", "not-contains"): [(("pdf",), "ac")],
    ("mime-type", "starts-with"): [(("IMAGE/",), "a")],
    ("mime-type", "ends-with"): [(("/pdf",), "b")],
    ("sent", "equals"): [(("2026-10-24",), "b")],
    ("sent", "not-equals"): [(("2026-10-24",), "ac")],
    ("sent", "before"): [(("2026-10-25",), "b")],
    ("sent", "after"): [(("2026-10-23",), "b")],
    ("sent", "between"): [(("2026-10-24", "2026-10-24"), "b")],
    ("sent", "newer-than"): [(("1d",), "b")],
    ("sent", "older-than"): [(("1d",), ""), (("12h",), "b")],
    ("sent", "today"): [((), "")],
    ("sent", "yesterday"): [((), "b")],
    ("sent", "true"): [((), "b")],
    ("sent", "false"): [((), "ac")],
    ("draft", "true"): [((), "a")],
    ("draft", "false"): [((), "bc")],
    ("words", "contains"): [(("parcel",), "ab"), (("courier",), "a"), (("ada",), "c")],
    ("words", "not-contains"): [(("parcel",), "c")],
    ("words", "starts-with"): [(("cour",), "a"), (("our",), "")],
    ("status", "equals"): [
        (("open",), ""),
        (("pending",), "b"),
        (("snoozed",), "c"),
        (("closed",), "a"),
    ],
    ("status", "not-equals"): [(("closed",), "bc")],
    ("status", "in"): [(("pending", "snoozed"), "bc")],
    ("follow", "true"): [((), "a")],
    ("follow", "false"): [((), "bc")],
    ("waiting", "equals"): [(("2026-10-25",), "a")],
    ("waiting", "not-equals"): [(("2026-10-25",), "bc")],
    ("waiting", "before"): [(("2026-10-25",), "c")],
    ("waiting", "after"): [(("2026-10-24",), "a")],
    ("waiting", "between"): [(("2026-10-01", "2026-10-25"), "ac")],
    ("waiting", "newer-than"): [(("1d",), "a")],
    ("waiting", "older-than"): [(("1d",), "c")],
    ("waiting", "today"): [((), "a")],
    ("waiting", "yesterday"): [((), "")],
    ("waiting", "true"): [((), "ac")],
    ("waiting", "false"): [((), "b")],
}


def test_the_table_has_every_operator_of_every_type():
    assert set(TABLE) == {(k.name, str(o)) for k in TYPES for o in k.operators}


def test_every_type_is_asked_of_the_index_or_of_the_rows():
    assert set(NARROWING) | set(TEXTS) == {kind.name for kind in TYPES}


@pytest.mark.parametrize("name", ["ticketed", "template"])
def test_what_has_no_object_here_is_neither_offered_nor_asked(name):
    assert name not in {*BY_NAME, *BY_KEY}
    assert {Rule(name, str(op)).trouble for op in Operator} == {Trouble.TYPE}


def test_all_eighteen_operators_are_there():
    assert len(Operator) == 18
    assert {operator for kind in TYPES for operator in kind.operators} == set(Operator)


@pytest.mark.parametrize("asks_once", [False, True])
def test_each_rule_finds_what_it_says(monkeypatch, asks_once):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    three = Three()
    viewer = replace(Viewer.of(three.alice), asks_once=asks_once)
    numbers = {"a": three.a.pk, "b": three.b.pk}
    got, expected = {}, {}

    for (kind, operator), cases in TABLE.items():
        for values, names in cases:
            asked = tuple(value.format(**numbers) for value in values)
            search = Search([Rule(kind, operator, asked)], viewer)
            found = search.conversations().values_list("pk", flat=True)
            case = (kind, operator, values)
            expected[case] = names
            got[case] = str(search.problems) if search.problems else three.names(found)

    assert got == expected


@pytest.mark.parametrize("operator", ["equals", "not-equals", "in"])
@pytest.mark.parametrize("kind", ["user", "mailbox", "tag", "creator"])
def test_one_statement_finds_nothing_by_a_name_that_is_gone(
    kind, operator, django_assert_num_queries
):
    three = Three()
    there = {"user": "alice", "creator": "alice", "mailbox": "sales@example.com"}
    names = [there.get(kind, "Order"), "gone"][operator != "in" :]
    viewer = replace(Viewer.of(three.alice), asks_once=True)
    search = Search([Rule(kind, operator, tuple(names))], viewer)

    with django_assert_num_queries(1):
        assert list(search.conversations()) == []


def test_all_rules_must_hold(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    three = Three()

    assert found_by(three.alice, "parcel") == [three.a.pk, three.b.pk]
    assert found_by(three.alice, "parcel from:vera") == [three.a.pk]
    assert found_by(three.alice, "parcel -from:vera") == [three.b.pk]
    assert found_by(three.alice, "parcel from:vera is:unread") == []
    assert found_by(three.alice, '"my parcel" courier') == [three.a.pk]
    assert found_by(three.alice, "koln") == [three.c.pk]
    assert found_by(three.alice, "文に") == [three.c.pk]


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_days_of_23_and_25_hours_begin_and_end_by_the_clock(day):
    from wagtail_ecp.inbox.search.days import Clock

    clock = Clock(datetime.fromisoformat(f"{day}T12:00:00+00:00"), BERLIN)

    length = clock.end(clock.day(day)) - clock.begin(clock.day(day))
    assert length == timedelta(hours=23 if day == "2026-03-29" else 25)
    assert clock.day("today").isoformat() == day


@pytest.mark.parametrize(
    ("span", "then"),
    [
        ("1d", (2026, 10, 24, 12)),
        ("1w", (2026, 10, 18, 12)),
        ("1m", (2026, 9, 25, 12)),
        ("8m", (2026, 2, 25, 12)),
        ("1y", (2025, 10, 25, 12)),
        ("9999y", None),
        ("9999m", (1193, 7, 25, 12)),
    ],
)
def test_spans_go_back_by_the_clock(span, then):
    from wagtail_ecp.inbox.search.days import FIRST, Clock
    from wagtail_ecp.inbox.search.vocabulary import read_span

    length = read_span(span)
    assert length is not None

    ago = Clock(NOW, BERLIN).ago(length)

    assert ago == (local(*then) if then else FIRST)


def test_a_month_ago_is_the_last_day_of_a_shorter_one():
    from wagtail_ecp.inbox.search.days import Clock
    from wagtail_ecp.inbox.search.vocabulary import Span

    clock = Clock(datetime(2024, 3, 31, 12, tzinfo=UTC), ZoneInfo("UTC"))

    assert clock.ago(Span(1, "m")) == datetime(2024, 2, 29, 12, tzinfo=UTC)
