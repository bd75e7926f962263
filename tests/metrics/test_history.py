"""What follows from a log: each definition, on the smallest history that shows it."""

import pytest

from tests.metrics.logs import (
    ALICE,
    BOB,
    FIRST,
    RESPONSE,
    SALES,
    SUPPORT,
    Kind,
    Log,
    at,
)
from wagtail_ecp.journal.actions import COUNTED
from wagtail_ecp.metrics.hindsight import READERS
from wagtail_ecp.metrics.history import TELLERS
from wagtail_ecp.metrics.models import Fact

Found = Fact.Kind


@pytest.fixture
def log():
    return Log()


def test_what_bears_a_mark_in_the_log_is_what_facts_follow_from():
    assert set(TELLERS) | set(READERS) == COUNTED


def test_first_response_is_from_the_first_mail_to_the_first_answer(log):
    log.received(0, 1)
    log.received(1, 2)
    log.replied(3, 3)
    log.received(4, 4)
    log.replied(9, 5)

    (fact,) = log.found(FIRST)
    assert log.hours(FIRST) == [3]
    assert (fact.mailbox, fact.message, fact.user_name) == (SUPPORT, 3, "alice")


def test_response_time_is_per_turn_from_the_earliest_unanswered_mail(log):
    log.received(0, 1)
    log.received(1, 2)
    log.replied(3, 3)
    log.replied(4, 4)
    log.received(5, 5)
    log.replied(7, 6)

    assert log.hours(RESPONSE) == [3, 2]


def test_automatic_answers_forwards_and_notes_are_no_response(log):
    log.received(0, 1)
    log.replied(1, 2, is_automatic=True)
    log.add(Kind.FORWARDED, 2, message=3, by=ALICE, folder="inbox")
    log.add(Kind.NOTED, 3, by=ALICE, note=1)
    log.replied(4, 4)

    assert log.hours(FIRST) == [4]
    assert log.hours(RESPONSE) == [4]
    assert log.number(Found.SENT) == 3


def test_nobody_waits_for_an_answer_to_an_automatic_mail(log):
    log.received(0, 1, is_automatic=True)
    log.replied(1, 2)

    assert not log.found(FIRST, RESPONSE)
    assert log.number(Found.RECEIVED) == 1


def test_an_answer_that_was_taken_back_does_not_count(log):
    log.received(0, 1)
    log.replied(1, 2, folder="archive", begun=at(0.5).isoformat())
    log.add(Kind.UNSENT, 1.01, message=2, by=ALICE, folder="inbox")
    log.replied(4, 3)

    assert log.hours(RESPONSE) == log.hours(FIRST) == [4]
    assert not log.found(Found.CLOSED, Found.REOPENED, Found.HANDLED)
    assert log.number(Found.SENT) == log.number(Found.ANSWERED) == 1


def test_an_answer_that_could_not_be_sent_does_not_count(log):
    log.received(0, 1)
    log.replied(1, 2)
    log.add(Kind.SEND_FAILED, 2, message=2)
    log.replied(5, 3)

    assert log.hours(RESPONSE) == [5]


def test_an_answer_that_was_sent_again_counts_from_when_it_was_written(log):
    log.received(0, 1)
    log.replied(1, 2)
    log.add(Kind.SEND_FAILED, 2, message=2)
    log.add(Kind.SEND_RETRIED, 3, message=2, by=ALICE)

    assert log.hours(RESPONSE) == [1]


def test_an_answer_before_the_journal_told_of_its_question_counts(log):
    log.replied(0.5, 2)
    log.received(0, 1, recorded=1)

    assert log.hours(RESPONSE) == [0.5]


def test_a_mail_that_crossed_with_an_answer_waits_for_none(log):
    log.received(0, 1)
    log.replied(2, 2)
    log.received(3, 3, written=1)
    log.replied(4, 4)

    assert log.hours(RESPONSE) == [2]


def test_a_date_is_believed_for_as_long_as_mail_travels(log):
    log.received(24 * 400, 1, written=0)
    log.replied(24 * 400 + 1, 2)

    assert log.hours(RESPONSE) == [5 * 24 + 1]


def test_what_we_began_has_no_first_response_but_turns(log):
    log.add(Kind.BEGUN, 0, message=1, by=ALICE, folder="inbox")
    log.received(1, 2)
    log.replied(3, 3)

    assert not log.found(FIRST)
    assert log.hours(RESPONSE) == [2]


def test_past_mail_is_neither_traffic_nor_a_question(log):
    log.received(0, 1, folder="archive", is_history=True)
    log.received(1, 2)
    log.moved(5, "inbox", "archive")

    assert log.number(Found.RECEIVED) == 1
    assert not log.found(Found.RESOLVED, Found.REOPENED)
    log.replied(6, 3)
    assert log.hours(RESPONSE) == [5]
    assert not log.found(FIRST)


def test_spam_is_traffic_of_its_own_and_no_question(log):
    log.received(0, 1, folder="spam", is_spam=True)
    log.replied(1, 2)

    assert not log.found(Found.RECEIVED, RESPONSE)
    assert log.number(Found.SPAM) == log.number(Found.CAUGHT) == 1


def test_rescued_spam_was_mail_from_the_beginning(log):
    log.received(0, 1, folder="spam", is_spam=True)
    before = {"folder": "spam", "scores": [[1, "", True]]}
    log.add(Kind.MARKED_WANTED, 2, by=BOB, before=before)
    log.moved(2, "spam", "inbox", by=BOB, mark=2)
    log.replied(3, 2)

    assert (log.number(Found.RECEIVED), log.number(Found.SPAM)) == (1, 0)
    assert log.number(Found.CAUGHT) == 1
    (rescue,) = log.found(Found.RESCUED)
    assert (rescue.user_name, rescue.message, rescue.at) == ("bob", 1, at(2))
    assert log.hours(RESPONSE) == [3]


def test_whom_one_answers_is_no_spammer(log):
    log.received(0, 1, folder="spam", is_spam=True)
    log.replied(2, 2, wanted=[1])

    assert log.number(Found.RESCUED) == 1
    assert log.hours(RESPONSE) == [2]


def test_missed_spam_is_no_mail_and_its_answer_no_response(log):
    log.received(0, 1)
    log.replied(1, 2)
    log.add(Kind.MARKED_SPAM, 2, by=BOB, before={"scores": [[1, "", False]]})

    assert not log.found(Found.RECEIVED, RESPONSE, FIRST)
    assert log.number(Found.SPAM) == log.number(Found.MISSED) == 1
    assert log.number(Found.CAUGHT) == 0


def test_a_mark_that_was_undone_was_none(log):
    log.received(0, 1)
    mark = log.add(Kind.MARKED_SPAM, 2, by=BOB, before={"scores": [[1, "", False]]})
    log.moved(2, "inbox", "spam", by=BOB, mark=mark)
    log.moved(3, "spam", "inbox", by=BOB, undoes=3)
    log.add(Kind.UNDONE, 3, by=BOB, action=3, kind="changed-folder")

    assert log.number(Found.RECEIVED) == 1
    assert not log.found(Found.MISSED, Found.SPAM)


def test_the_filters_last_word_is_what_it_caught(log):
    log.received(0, 1)
    log.add(Kind.JUDGED_AGAIN, 1, message=1, is_spam=True)

    assert log.number(Found.SPAM) == log.number(Found.CAUGHT) == 1


def test_resolution_is_from_the_first_mail_to_the_first_and_the_last_close(log):
    log.received(0, 1)
    log.replied(1, 2, folder="archive")
    log.received(5, 3)
    log.moved(9, "inbox", "archive", by=BOB)

    assert log.hours(Found.RESOLVED_FIRST) == [1]
    assert log.hours(Found.RESOLVED) == [9]
    assert [fact.user_name for fact in log.found(Found.CLOSED)] == ["alice", "bob"]


def test_what_is_open_again_is_not_resolved_yet(log):
    log.received(0, 1)
    log.moved(1, "inbox", "archive")
    log.received(5, 2)

    assert log.hours(Found.RESOLVED_FIRST) == [1]
    assert not log.found(Found.RESOLVED)


def test_a_close_that_did_not_last_is_reopened_at_the_day_of_the_close(log):
    log.received(0, 1)
    log.moved(1, "inbox", "archive")
    log.received(50, 2)
    log.moved(51, "inbox", "archive")

    assert [fact.at for fact in log.found(Found.REOPENED)] == [at(1)]
    assert log.number(Found.CLOSED) == 2


def test_a_close_that_was_undone_at_once_was_none(log):
    log.received(0, 1)
    close = log.moved(1, "inbox", "archive")
    log.moved(1, "archive", "inbox", undoes=close)
    log.add(Kind.UNDONE, 1, by=ALICE, action=close, kind="changed-folder")
    log.moved(4, "inbox", "archive")

    assert [fact.at for fact in log.found(Found.CLOSED)] == [at(4)]
    assert not log.found(Found.REOPENED)
    assert log.hours(Found.RESOLVED_FIRST) == log.hours(Found.RESOLVED) == [4]


def test_a_reopening_that_was_undone_leaves_the_close_that_there_was(log):
    log.received(0, 1)
    log.moved(1, "inbox", "archive")
    opened = log.moved(2, "archive", "inbox")
    log.moved(2, "inbox", "archive", undoes=opened)
    log.add(Kind.UNDONE, 2, by=ALICE, action=opened, kind="changed-folder")

    assert not log.found(Found.REOPENED)
    assert log.number(Found.CLOSED) == 1
    assert log.hours(Found.RESOLVED) == [1]


def test_snoozing_what_was_closed_opens_it(log):
    log.received(0, 1)
    log.moved(1, "inbox", "archive")
    after, before = ({"folder": name, "until": ""} for name in ("inbox", "archive"))
    log.add(Kind.SNOOZED, 2, by=ALICE, before=before, after=after)

    assert log.number(Found.REOPENED) == 1


def test_of_two_that_were_merged_the_whole_answers_for_both(log):
    log.received(0, 1)
    log.received(1, 2, within=2)
    log.add(Kind.MERGED, 2, within=1, by=ALICE, folder="inbox", **{"with": 2})
    log.add(Kind.MERGED, 2, within=2, by=ALICE, into=1)
    log.replied(4, 3)

    assert log.hours(RESPONSE) == log.hours(FIRST) == [4]
    assert [fact.conversation for fact in log.found(Found.LEFT)] == [2]
    assert log.number(Found.RECEIVED) == 2


def test_a_merge_closes_and_opens_nothing(log):
    log.received(0, 1)
    log.moved(1, "inbox", "archive")
    log.received(2, 2, within=2)
    log.add(Kind.MERGED, 3, within=1, by=ALICE, folder="inbox", **{"with": 2})
    log.add(Kind.MERGED, 3, within=2, by=ALICE, into=1)
    log.add(
        Kind.UNMERGED,
        4,
        within=1,
        by=ALICE,
        folder="archive",
        messages=[2],
        **{"from": 2},
    )
    log.add(Kind.UNMERGED, 4, within=2, by=ALICE, folder="inbox", of=1)

    assert log.number(Found.CLOSED) == 1
    assert not log.found(Found.REOPENED)
    assert log.hours(Found.RESOLVED) == [1]


def test_what_came_by_a_merge_goes_back_with_its_undo(log):
    log.received(0, 1)
    log.received(1, 2, within=2)
    log.add(Kind.MERGED, 2, within=1, by=ALICE, folder="inbox", **{"with": 2})
    log.add(Kind.MERGED, 2, within=2, by=ALICE, into=1)
    log.add(
        Kind.UNMERGED,
        3,
        within=1,
        by=ALICE,
        folder="inbox",
        messages=[2],
        **{"from": 2},
    )
    log.add(Kind.UNMERGED, 3, within=2, by=ALICE, folder="inbox", of=1)
    log.replied(5, 3)
    log.replied(7, 4, within=2)

    assert log.hours(FIRST) == log.hours(RESPONSE) == [5, 6]


def test_what_was_split_off_waits_for_an_answer_of_its_own(log):
    log.received(0, 1)
    log.received(1, 2)
    log.add(Kind.SPLIT, 2, within=2, by=ALICE, folder="inbox", **{"from": 1})
    log.add(Kind.SPLIT, 2, within=1, by=ALICE, folder="inbox", into=2, messages=[2])
    log.replied(4, 3)
    log.replied(6, 4, within=2)

    assert log.hours(FIRST) == log.hours(RESPONSE) == [4, 5]


def test_what_was_answered_before_it_was_split_off_is_not_answered_again(log):
    log.received(0, 1)
    log.received(1, 2)
    log.replied(2, 3)
    log.add(Kind.SPLIT, 3, within=2, by=ALICE, folder="inbox", **{"from": 1})
    log.add(Kind.SPLIT, 3, within=1, by=ALICE, folder="inbox", into=2, messages=[2])
    log.replied(6, 4, within=2)

    assert log.hours(FIRST) == log.hours(RESPONSE) == [2]


def test_a_fact_belongs_to_the_mailbox_where_it_happened(log):
    log.received(0, 1)
    log.add(Kind.SWITCHED, 1, by=ALICE, box=SALES, before=SUPPORT, after=SALES)
    log.replied(3, 2, box=SALES)

    assert [fact.mailbox for fact in log.found(Found.RECEIVED)] == [SUPPORT]
    assert [fact.mailbox for fact in log.found(RESPONSE)] == [SALES]
    assert [fact.mailbox for fact in log.found(Found.ENTERED)] == [SUPPORT, SALES]
    assert [fact.mailbox for fact in log.found(Found.LEFT)] == [SUPPORT]


def test_what_is_purged_has_left_the_inbox_and_keeps_its_facts(log):
    log.received(0, 1)
    log.add(Kind.PURGED, 5)

    assert log.number(Found.RECEIVED) == 1
    assert [fact.at for fact in log.found(Found.LEFT)] == [at(5)]


def test_handle_time_is_from_the_draft_to_its_sending(log):
    log.received(0, 1)
    log.replied(2, 2, begun=at(1.5).isoformat())

    assert log.hours(Found.HANDLED) == [0.5]


def test_an_assignment_is_of_whom_it_was_assigned_to(log):
    log.received(0, 1)
    log.add(Kind.ASSIGNED, 1, by=ALICE, to="bob", key=str(BOB), before="", former="")
    log.add(Kind.ASSIGNED, 2, by=ALICE, to="", key="", before=str(BOB), former="bob")

    (fact,) = log.found(Found.ASSIGNED)
    assert (fact.user, fact.user_name) == (str(BOB), "bob")


def test_an_assignment_that_was_undone_was_none(log):
    log.received(0, 1)
    first = log.add(Kind.ASSIGNED, 1, by=ALICE, to="bob", key=str(BOB))
    log.add(Kind.ASSIGNED, 2, by=ALICE, to="alice", key=str(ALICE), undoes=first)
    log.add(Kind.UNDONE, 2, by=ALICE, action=first, kind="assigned")

    assert not log.found(Found.ASSIGNED)


def test_a_form_counts_for_its_page(log):
    log.received(0, 1, page=7, title="Contact")
    log.received(1, 2, within=2, page=7, title="Contact", is_spam=True, folder="spam")

    (fact,) = log.found(Found.SUBMITTED)
    assert (fact.page, fact.title) == (7, "Contact")
