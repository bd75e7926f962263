"""Judges incoming mail: its score, who its sender is, and the verdict.

A mail is judged before it is stored, outside of any transaction, so that it lies in
the right folder from its first moment and nothing that asks around can hold a lock.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from wagtail_ecp import conf
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.models import Conversation, IncomingMail, Message
from wagtail_ecp.mail.authentication import Authentication, authenticate, dmarc_result
from wagtail_ecp.mail.dns import Resolver, SystemResolver
from wagtail_ecp.spam import opinion, verdict
from wagtail_ecp.spam.asking import Asker
from wagtail_ecp.spam.current import Current, current
from wagtail_ecp.spam.models import Score

#: Logits by which what we know of a sender moves the score; one moves it by some 20
#: points in the middle of the scale.
SHIFTS = {
    "answered-before": -1.5,
    "marked-wanted": -1.0,
    "marked-spam": 1.0,
    "check-failed": 1.0,
}
#: What is known of an address that somebody typed.
UNPROVEN = Authentication("none", "nothing-to-check")
#: Reasons that are kept of each message.
CLUES = 8


class Subject(NamedTuple):
    """A mail that is to be judged."""

    raw: bytes
    mailbox_id: int
    sender_key: str
    contact_id: int | None
    at: datetime  # Its arrival.
    is_history: bool = False
    # A visitor typed the sender's address into a form: it proves nothing.
    is_typed: bool = False


class Judgement(NamedTuple):
    """The score, not saved, and what was found out about the sender's address."""

    score: Score
    sender: Authentication

    @property
    def authentication(self) -> str:
        """What the message says of it: a signature that proves nothing is no forgery."""
        if self.sender.result == "fail" and not self.sender.is_forged:
            return Message.Authentication.NONE
        return self.sender.result


@dataclass
class Knowledge:
    """What is known of a batch's senders, for six queries at most whatever its size."""

    mailboxes: Collection[int]
    sender_keys: Collection[str]
    contacts: Collection[int]
    known_account: Account | None = None  # Just read, which saves a query.

    @cached_property
    def account(self) -> Account:
        """The account, whose threshold holds."""
        return self.known_account or Account.objects.current()

    @cached_property
    def model(self) -> Current:
        """The scorer as last trained."""
        return current()

    @cached_property
    def outside(self) -> Asker | None:
        """What asks the site's outside scorer, if there is one."""
        return opinion.outside()

    @cached_property
    def _contacts(self) -> list[tuple[int, str, bool]]:
        """Each contact's key and origin, and whether the team has written to it."""
        answered = Conversation.objects.filter(contact=OuterRef("pk"))
        answered = answered.exclude(last_answer_at=None)
        rows = Contact.objects.filter(pk__in=self.contacts)
        rows = rows.annotate(is_answered=Exists(answered))
        return list(rows.values_list("pk", "origin", "is_answered"))

    @property
    def added(self) -> set[int]:
        """Contacts that a member added."""
        added = Contact.Origin.ADDED
        return {pk for pk, origin, _answered in self._contacts if origin == added}

    @cached_property
    def passed_before(self) -> set[int | None]:
        """Added contacts whose mail has passed a check of its sender."""
        if not self.added:
            return set()
        passed = Message.objects.filter(
            contact__in=self.added, authentication=Message.Authentication.PASS
        )
        return set(passed.order_by().values_list("contact", flat=True).distinct())

    @property
    def answered(self) -> set[int | None]:
        """Contacts to whom the team has written."""
        return {pk for pk, _origin, is_answered in self._contacts if is_answered}

    @cached_property
    def marked(self) -> Mapping[tuple[int, str], str]:
        """What was last marked of a mailbox's mail from an address."""
        marked = Score.objects.filter(
            decision__in=(Score.Decision.SPAM, Score.Decision.WANTED),
            message__mailbox__in=self.mailboxes,
            message__sender_key__in=set(self.sender_keys) - {""},
        )
        columns = ("message__mailbox", "message__sender_key", "decision")
        return {
            (mailbox, key): decision
            for mailbox, key, decision in marked.order_by("pk").values_list(*columns)
        }


def judge(subject: Subject, knowledge: Knowledge) -> Judgement:
    """Return the score, verdict and reasons of a mail; never raises for what it holds."""
    is_contact = subject.contact_id in knowledge.added and not subject.is_typed
    # Keys of old signatures are gone, so history is not judged by them.
    is_verified = is_contact and not subject.is_history
    sender = UNPROVEN if subject.is_typed else _check(subject.raw, verifies=is_verified)
    score = Score(
        standing=Score.Standing.HISTORY
        if subject.is_history
        else verdict.standing(
            is_contact=is_contact,
            result=sender.result,
            reason=sender.reason,
            has_passed_before=subject.contact_id in knowledge.passed_before,
        ),
        check_reason=sender.reason if is_verified else "",
        threshold=knowledge.account.spam_threshold,
        at=subject.at,
    )
    weigh(score, subject, knowledge, is_forged=sender.is_forged)
    return Judgement(score, sender)


def _check(raw: bytes, *, verifies: bool) -> Authentication:
    """Return what is known of the sender's address.

    Signatures are verified for contacts alone: for others nothing hangs on it, and
    each costs look-ups.
    """
    trusted = conf.get("TRUSTED_AUTHSERV_IDS")
    if verifies:
        return authenticate(raw, trusted_ids=trusted, resolver=resolver())
    result = dmarc_result(raw, trusted_ids=trusted) if trusted else "none"
    return Authentication(
        result, "nothing-to-check" if result == "none" else "trusted-result"
    )


def weigh(
    score: Score, subject: Subject, knowledge: Knowledge, *, is_forged: bool
) -> None:
    """Fill in value, reasons and verdict, by the model as it is now."""
    scorer = knowledge.model.scorer
    value, clues = opinion.of(subject.raw, scorer, knowledge.outside)
    for kind in _known(subject, knowledge, is_forged=is_forged):
        moved = verdict.shifted(value, SHIFTS[kind])
        clues.append((kind, "", moved - value))
        value = moved
    clues.sort(key=lambda clue: -abs(clue[2]))
    score.value = value
    score.clues = [[kind, text, round(by, 1)] for kind, text, by in clues[:CLUES]]
    score.model_version = knowledge.model.version
    score.is_spam = verdict.is_spam(
        value, threshold=score.threshold, is_exempt=score.is_exempt
    )


def _known(subject: Subject, knowledge: Knowledge, *, is_forged: bool) -> list[str]:
    """Return what we know of the sender that no mail can say; forgers get nothing."""
    if subject.is_typed:
        return []
    if is_forged:
        return ["check-failed"]
    decision = knowledge.marked.get((subject.mailbox_id, subject.sender_key), "")
    found = [f"marked-{decision}"] if decision else []
    if subject.contact_id in knowledge.answered:
        found.append("answered-before")
    return found


def subject_of(message: Message, raw: bytes) -> Subject:
    """Return a stored message, read with its ledger row, as it is judged."""
    incoming = message.incoming
    return Subject(
        raw=raw,
        mailbox_id=message.mailbox_id,
        sender_key=message.sender_key,
        contact_id=message.contact_id,
        at=message.stored_at,
        is_history=incoming is not None and incoming.is_history,
        is_typed=incoming is not None and incoming.way == IncomingMail.Way.FORM,
    )


def knowledge_of(messages: Iterable[Message]) -> Knowledge:
    """Return what is known of the senders of stored messages."""
    chosen = list(messages)
    return Knowledge(
        mailboxes={message.mailbox_id for message in chosen},
        sender_keys={message.sender_key for message in chosen},
        contacts={m.contact_id for m in chosen if m.contact_id is not None},
    )


def score_now(message: Message) -> Score | None:
    """Give a stored message the score that it lacks; None if its raw mail is lost.

    What has been read in its folder stays there: it is not judged spam after the fact.
    """
    try:
        raw = blobs.read(message.blob_id)
    except FileNotFoundError:
        return None
    score = judge(subject_of(message, raw), knowledge_of([message])).score
    score.message, score.is_spam = message, False
    score.save(force_insert=True)
    return score


def resolver() -> Resolver:
    """Return what answers questions to the DNS; the one place to replace it."""
    return SystemResolver()
