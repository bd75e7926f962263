"""What becomes of mail by its verdict, and by what people say of it."""

import itertools
import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import (
    SUPPORT,
    a_mailbox,
    a_user,
    an_email,
    receive_and_process,
)
from tests.mail.signing import a_zone, signed
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.contacts import actions as contacts
from wagtail_ecp.inbox import actions, alert_causes, judging, purging
from wagtail_ecp.inbox.answers import Answer
from wagtail_ecp.inbox.models import (
    Blob,
    Conversation,
    Folder,
    FolderCounter,
    IncomingMail,
    Message,
)
from wagtail_ecp.inbox.processing import process_batch
from wagtail_ecp.inbox.receiving import receive
from wagtail_ecp.jobs.sweep import remove_unused_blobs
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.spam import tally
from wagtail_ecp.spam.models import Mark, Score, ScoreTally

pytestmark = pytest.mark.django_db

Verdict = Mark.Verdict
Standing = Score.Standing

VERA = Address("Vera Holm", "vera@example.org")
#: With which everything is spam but contacts' mail, and with which nothing is.
EVERYTHING, NOTHING = 0, 100


@pytest.fixture
def support(alice, bob):
    return a_mailbox(repliers=[alice, bob])


@pytest.fixture
def zone(monkeypatch):
    """What the DNS says: example.org has a key, and asks for nothing."""
    found = a_zone()
    monkeypatch.setattr(judging, "resolver", lambda: found)
    return found


def set_threshold(value):
    Account.objects.update(spam_threshold=value)


def arrive(*mails, threshold=EVERYTHING, to=SUPPORT):
    """Receive mails while this threshold holds; return the last one's message."""
    set_threshold(threshold)
    rows = receive_and_process(*mails, to=to)
    return Message.objects.select_related("score").get(pk=rows[-1].message.pk)


def from_vera(**headers):
    return an_email("Hello", sender="Vera Holm <vera@example.org>", **headers)


def the_conversation():
    return Conversation.objects.get()


def answer(conversation, by):
    return actions.reply(
        conversation,
        Answer(to=[VERA], subject="Re: x", html="<p>Soon.</p>"),
        answers=conversation.messages.in_order().first(),
        by=by,
    )


def counted(folder):
    """Return how many conversations a folder's counter tells of, and unread ones."""
    rows = FolderCounter.objects.filter(folder=folder)
    found = rows.aggregate(all=Sum("conversations"), unread=Sum("unread"))
    return found["all"] or 0, found["unread"] or 0


# Arrival


def test_spam_goes_to_the_spam_folder_of_the_mailbox_that_it_came_to(support):
    sales = a_mailbox("sales@example.com")

    message = arrive(an_email(), to="sales@example.com")

    conversation = message.conversation
    assert message.is_spam
    assert (conversation.mailbox, conversation.folder) == (sales, Folder.SPAM)
    assert conversation.is_unread
    assert conversation.junked_at is not None
    assert counted(Folder.SPAM) == (1, 1)
    assert counted(Folder.INBOX) == (0, 0)


def test_nobody_is_told_of_spam(support):
    spam = arrive(an_email())
    wanted = arrive(an_email("Another"), threshold=NOTHING)

    assert not alert_causes.is_news(spam)
    assert alert_causes.is_news(wanted)


@pytest.mark.parametrize(
    ("threshold", "folder"), [(EVERYTHING, Folder.SPAM), (NOTHING, Folder.INBOX)]
)
def test_at_the_ends_the_score_does_not_matter(support, threshold, folder):
    message = arrive(an_email(), threshold=threshold)

    assert message.conversation.folder == folder
    assert message.score.threshold == threshold


@pytest.mark.parametrize("threshold", [1, 35, 70, 99])
def test_in_between_it_is_spam_from_the_threshold_on(support, threshold):
    message = arrive(an_email(), threshold=threshold)

    assert message.is_spam == (message.score.value >= threshold)
    assert message.conversation.folder == ("spam" if message.is_spam else "inbox")


def test_what_was_there_before_us_is_archived_and_not_judged(support):
    set_threshold(EVERYTHING)
    receive(an_email(), recipients=[SUPPORT])
    IncomingMail.objects.update(is_history=True)

    process_batch()

    message = Message.objects.get()
    assert message.score.standing == Standing.HISTORY
    assert not message.is_spam
    assert message.conversation.folder == Folder.ARCHIVE


def test_a_batch_costs_at_most_ten_statements_a_mail_although_it_is_judged(support):
    set_threshold(EVERYTHING)
    for number in range(50):
        sender = f"u{number}@x.example"
        receive(an_email(f"Mail {number}", sender=sender), recipients=[SUPPORT])

    with CaptureQueriesContext(connection) as captured:
        process_batch()

    assert Conversation.objects.filter(folder=Folder.SPAM).count() == 50
    assert len(captured) <= 50 * 10


# Contacts


def test_contact_whose_domain_signed_the_mail_is_never_spam(support, zone, alice):
    contacts.add(VERA, by=alice)

    message = arrive(signed(from_vera()))

    assert message.score.standing == Standing.CONTACT
    assert message.authentication == "pass"
    assert message.conversation.folder == Folder.INBOX


def test_sender_who_was_merely_seen_is_no_contact(support, zone):
    arrive(from_vera(), threshold=NOTHING)

    message = arrive(signed(from_vera()))

    assert message.score.standing == Standing.STRANGER
    assert message.is_spam


def test_who_fails_the_check_only_claims_to_be_the_contact(support, zone, alice):
    contacts.add(VERA, by=alice)
    forged = signed(from_vera()).replace(b"where is it", b"send money")

    message = arrive(forged)

    assert message.score.standing == Standing.DOUBTED
    assert message.score.check_reason == "signature-broken"
    assert message.conversation.folder == Folder.SPAM


def test_contact_with_nothing_to_check_is_exempt_and_unverified(support, zone, alice):
    contacts.add(VERA, by=alice)

    message = arrive(from_vera())

    assert message.score.standing == Standing.UNVERIFIED
    assert message.conversation.folder == Folder.INBOX


def test_who_passed_before_must_not_come_with_nothing_to_check(support, zone, alice):
    contacts.add(VERA, by=alice)
    arrive(signed(from_vera()))

    message = arrive(from_vera())

    assert message.score.standing == Standing.DOUBTED
    assert message.score.check_reason == "nothing-to-check"
    assert message.is_spam


def test_our_own_server_vouches_for_a_contact(support, zone, alice, settings):
    settings.WAGTAIL_ECP = settings.WAGTAIL_ECP | {
        "TRUSTED_AUTHSERV_IDS": ["mx.example.com"]
    }
    contacts.add(VERA, by=alice)
    says = "mx.example.com; dmarc=pass header.from=example.org"

    message = arrive(from_vera(Authentication_Results=says))

    assert message.score.standing == Standing.CONTACT
    assert message.score.check_reason == "trusted-result"
    assert zone.asked == []


def test_results_by_any_other_server_may_be_forged(support, zone, alice, settings):
    settings.WAGTAIL_ECP = settings.WAGTAIL_ECP | {
        "TRUSTED_AUTHSERV_IDS": ["mx.example.com"]
    }
    contacts.add(VERA, by=alice)
    arrive(signed(from_vera()))
    says = "mx.evil.example; dmarc=pass header.from=example.org"

    message = arrive(from_vera(Authentication_Results=says))

    assert message.score.standing == Standing.DOUBTED
    assert message.is_spam


def test_removed_contact_is_judged_like_a_stranger(support, zone, alice):
    contact = contacts.add(VERA, by=alice)
    contacts.remove(contact, by=alice)

    message = arrive(signed(from_vera()))

    assert message.score.standing == Standing.STRANGER
    assert message.is_spam


# Spam among accepted mail

#: What of a conversation spam leaves alone.
UNTOUCHED = (
    *("folder", "is_unread", "last_message_at", "snippet", "subject"),
    *("waiting_since", "assignee_id", "message_count", "correspondent"),
    *("last_answer_at", "snoozed_until", "junked_at", "has_attachments"),
)


def untouched():
    return Conversation.objects.values(*UNTOUCHED).get()


@pytest.mark.parametrize("folder", [Folder.INBOX, Folder.ARCHIVE, Folder.TRASH])
def test_spam_in_an_accepted_conversation_changes_nothing_of_it(
    support, alice, bob, folder
):
    first = arrive(an_email(message_id="first@x"), threshold=NOTHING)
    actions.assign(first.conversation, to=bob, by=alice)
    actions.mark_read(first.conversation, by=bob)
    actions.move_to(folder, first.conversation, by=bob)
    before, counters = untouched(), counted(folder)

    spam = arrive(an_email("Re: parcel", "Buy now", cites=["first@x"]))

    assert spam.is_spam
    assert spam.conversation == first.conversation
    assert untouched() == before
    assert counted(folder) == counters
    assert not alert_causes.is_news(spam)


def test_wanted_mail_does_not_bring_a_conversation_back_from_spam(support):
    arrive(an_email(message_id="first@x"))

    arrive(an_email("Re: parcel", cites=["first@x"]), threshold=NOTHING)

    assert the_conversation().folder == Folder.SPAM


def test_marking_the_one_spam_message_wanted_makes_it_count(support, alice):
    first = arrive(an_email(message_id="first@x"), threshold=NOTHING)
    spam = arrive(an_email("Re: parcel", "Second thoughts", cites=["first@x"]))

    actions.mark(first.conversation, Verdict.WANTED, by=alice, only=spam)

    conversation = the_conversation()
    assert conversation.message_count == 2
    assert conversation.snippet == "Second thoughts"
    assert conversation.folder == Folder.INBOX


def test_an_answer_says_nothing_of_the_spam_beside_it(support, alice):
    first = arrive(an_email(message_id="first@x"), threshold=NOTHING)
    spam = arrive(an_email("Re: parcel", cites=["first@x"]))

    answer(first.conversation, alice)

    first.score.refresh_from_db()
    spam.score.refresh_from_db()
    assert first.score.decision == Score.Decision.ANSWERED
    assert (spam.score.decision, spam.score.is_spam) == ("", True)
    assert the_conversation().message_count == 2


# What people say


def test_marked_spam_leaves_the_inbox_and_its_counters(support, alice):
    message = arrive(an_email(), threshold=NOTHING)

    actions.mark(message.conversation, Verdict.SPAM, by=alice)

    assert the_conversation().folder == Folder.SPAM
    assert counted(Folder.INBOX) == (0, 0)
    assert counted(Folder.SPAM) == (1, 1)
    assert Mark.objects.get().user == alice
    happened = Action.objects.filter(conversation_number=message.conversation_id)
    kinds = happened.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["received", "marked-spam", "changed-folder"]


def test_not_spam_brings_it_back_with_its_marks(support, alice, bob):
    message = arrive(an_email(), threshold=NOTHING)
    actions.assign(message.conversation, to=bob, by=alice)
    before = untouched()
    actions.mark(message.conversation, Verdict.SPAM, by=alice)

    actions.mark(message.conversation, Verdict.WANTED, by=alice)

    assert untouched() == before
    assert the_conversation().assignee == bob


def test_a_decision_is_a_persons_whatever_the_threshold(support, alice):
    message = arrive(an_email(), threshold=NOTHING)
    actions.mark(message.conversation, Verdict.WANTED, by=alice)

    arrive(an_email("Another"))

    message.score.refresh_from_db()
    assert not message.score.is_spam
    assert not message.score.may_be_judged


def test_mark_taken_back_leaves_it_to_the_filter(support, alice):
    message = arrive(an_email())
    actions.mark(message.conversation, Verdict.WANTED, by=alice)

    actions.take_back_mark(message, by=alice)

    message.score.refresh_from_db()
    assert (message.score.decision, message.score.is_spam) == ("", True)
    assert the_conversation().folder == Folder.SPAM


def test_answered_spam_was_wanted(support, alice):
    message = arrive(an_email())

    answer(message.conversation, alice)

    message.score.refresh_from_db()
    assert message.score.decision == Score.Decision.ANSWERED
    assert the_conversation().folder == Folder.INBOX
    mark = Mark.objects.get()
    assert (mark.verdict, mark.is_weak) == (Verdict.WANTED, True)


@pytest.mark.parametrize("folder", [Folder.INBOX, Folder.ARCHIVE, Folder.TRASH])
def test_undone_mark_leaves_all_as_it_was(support, alice, bob, folder):
    message = arrive(an_email(), threshold=NOTHING)
    actions.assign(message.conversation, to=bob, by=alice)
    actions.move_to(folder, message.conversation, by=alice)
    before = untouched()
    marked = actions.mark(message.conversation, Verdict.SPAM, by=alice)

    actions.undo(marked, by=alice)

    assert untouched() == before
    message.score.refresh_from_db()
    assert (message.score.decision, message.score.is_spam) == ("", False)
    assert Mark.objects.last().verdict == Verdict.WITHDRAWN


def test_undoing_brings_an_earlier_mark_back(support, alice, bob):
    message = arrive(an_email())
    actions.mark(message.conversation, Verdict.WANTED, by=bob)
    marked = actions.mark(message.conversation, Verdict.SPAM, by=alice)

    actions.undo(marked, by=alice)

    message.score.refresh_from_db()
    assert message.score.decision == Score.Decision.WANTED
    assert Mark.objects.last().verdict == Verdict.WANTED
    assert the_conversation().folder == Folder.INBOX


def test_mark_costs_at_most_fifteen_statements(support, alice):
    message = arrive(an_email(), threshold=NOTHING)
    tally.settle()
    conversation = Conversation.objects.select_related("mailbox").get()
    marked = actions.mark(conversation, Verdict.SPAM, by=alice)
    actions.undo(marked, by=alice)  # The counters have their rows now.

    with CaptureQueriesContext(connection) as captured:
        actions.mark(conversation, Verdict.SPAM, by=alice)

    message.score.refresh_from_db()
    assert message.score.is_spam
    # Savepoints stand for the test's transactions.
    assert len(captured) <= 15, "\n".join(q["sql"] for q in captured.captured_queries)


# Tallies


def kept():
    rows = ScoreTally.objects.exclude(number=0)
    columns = ("day", "bucket", "decision", "is_spam", "is_exempt", "number")
    return {row[:-1]: row[-1] for row in rows.values_list(*columns)}


def recounted():
    return dict(Counter(map(tuple, map(tally.alike, Score.objects.all()))))


def in_folders():
    rows = FolderCounter.objects.exclude(conversations=0, unread=0)
    columns = ("mailbox", "folder", "conversations", "unread")
    return {row[:2]: row[2:] for row in rows.values_list(*columns)}


def recounted_in_folders():
    found = {}
    for row in Conversation.objects.whole():
        number, unread = found.get((row.mailbox_id, row.folder), (0, 0))
        found[row.mailbox_id, row.folder] = (number + 1, unread + row.is_unread)
    return found


_numbers = itertools.count(1)

HAPPENINGS = (
    "spam",
    "wanted",
    "one",
    "take back",
    "undo",
    "answer",
    "arrive",
    "settle",
)


def undo_last_mark(conversation, *, by):
    """Try to take back the last mark, which may not hold any more."""
    marks = Action.objects.filter(
        conversation_number=conversation.pk, kind__in=("marked-spam", "marked-wanted")
    )
    marked = marks.order_by("-pk").first()
    with suppress(ValidationError):
        if marked is not None:
            actions.undo(marked, by=by)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(happenings=st.lists(st.sampled_from(HAPPENINGS), max_size=8), seed=st.integers())
def test_counts_stay_true_whatever_people_do(happenings, seed):
    dice = random.Random(seed)  # noqa: S311
    ann = a_user(f"ann{next(_numbers)}")
    address = f"u{next(_numbers)}@example.com"
    a_mailbox(address, repliers=[ann])

    def do(what):
        messages = list(
            Message.objects.filter(direction="in", mailbox__address=address)
        )
        message = dice.choice(messages) if messages else None
        if what == "arrive" or message is None:
            cites = [message.message_id] if message and dice.random() < 0.5 else []
            threshold = dice.choice([EVERYTHING, NOTHING])
            arrive(an_email(cites=cites, to=address), threshold=threshold, to=address)
            return
        conversation = message.conversation
        {
            "spam": lambda: actions.mark(conversation, Verdict.SPAM, by=ann),
            "wanted": lambda: actions.mark(conversation, Verdict.WANTED, by=ann),
            "one": lambda: actions.mark(
                conversation, dice.choice([*Verdict][:2]), by=ann, only=message
            ),
            "take back": lambda: actions.take_back_mark(message, by=ann),
            "undo": lambda: undo_last_mark(conversation, by=ann),
            "answer": lambda: answer(conversation, ann),
            "settle": tally.settle,
        }[what]()

    for what in ("arrive", *happenings):
        do(what)
    tally.settle()

    assert kept() == recounted()
    assert in_folders() == recounted_in_folders()


# The end


@pytest.fixture
def long_ago(support, alice):
    """A conversation, marked as spam longer ago than it is kept."""
    message = arrive(an_email(), threshold=NOTHING)
    actions.mark(message.conversation, Verdict.SPAM, by=alice)
    days = Account.objects.current().junk_retention_days + 1
    Conversation.objects.update(junked_at=timezone.now() - timedelta(days=days))
    return message


def test_spam_is_purged_when_its_time_is_over(long_ago):
    tally.settle()

    purging.purge_junk()

    assert not Conversation.objects.exists()
    assert not Message.objects.exists()
    assert not IncomingMail.objects.exists()
    assert counted(Folder.SPAM) == (0, 0)
    assert kept() == {}
    mark = Mark.objects.get()
    assert (mark.message, mark.message_number) == (None, long_ago.pk)
    assert Action.objects.filter(kind=Action.Kind.PURGED).count() == 1
    assert Action.objects.filter(kind=Action.Kind.MARKED_SPAM).exists()


def test_its_file_goes_with_the_files_that_nobody_needs(long_ago):
    purging.purge_junk()
    Blob.objects.update(last_used_at=timezone.now() - timedelta(days=30))

    remove_unused_blobs()

    assert not Blob.objects.exists()


def test_younger_spam_stays(support):
    arrive(an_email())

    purging.purge_junk()

    assert the_conversation().folder == Folder.SPAM


def test_nothing_is_purged_while_the_account_is_closed(long_ago):
    Account.objects.update(closed_at=timezone.now())

    purging.purge_junk()

    assert Conversation.objects.exists()


def test_in_spam_every_message_counts_and_elsewhere_only_accepted_ones(alice):
    a_mailbox(repliers=[alice])
    (first,) = receive_and_process(an_email("Parcel", message_id="p@x"))
    Account.objects.update(spam_threshold=0)
    receive_and_process(an_email("Re: Parcel", cites=["p@x"]))
    conversation = Conversation.objects.get()
    assert conversation.message_count == 1

    actions.mark(conversation, Mark.Verdict.SPAM, by=alice)
    conversation.refresh_from_db()
    in_spam = conversation.message_count
    actions.mark(conversation, Mark.Verdict.WANTED, by=alice, only=first.message)
    conversation.refresh_from_db()

    assert in_spam == 2
    assert (conversation.folder, conversation.message_count) == ("inbox", 1)
