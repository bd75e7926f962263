"""Works through the ledger: every received mail becomes a message, once.

A batch is claimed for a while and each of its mails is committed by itself. A mail that
has failed before travels alone, so that one that kills its worker takes nobody along.
"""

import logging
import time
import traceback
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from rq.timeouts import BaseTimeoutException

from wagtail_ecp import signals
from wagtail_ecp.accounts.installation import ensure_transport_open
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.contacts.actions import see
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.judging import Knowledge, Subject, judge
from wagtail_ecp.inbox.messages import Circumstances
from wagtail_ecp.inbox.models import IncomingMail, Mailbox, Message
from wagtail_ecp.inbox.models.leases import RELEASED, new_owner
from wagtail_ecp.inbox.models.ledger import IncomingMailQuerySet
from wagtail_ecp.inbox.nodes import id_hash
from wagtail_ecp.inbox.storing import store
from wagtail_ecp.journal.actions import Subjects, record_all
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.parsing import ParsedMessage, parse

logger = logging.getLogger(__name__)

BATCH = 50
BATCH_SECONDS = 30
CHUNK_BYTES = 32 * 1024 * 1024
#: Longer than a batch and one slow mail: who is overdue has lost its claim.
LEASE = timedelta(seconds=90)
ATTEMPTS = 5
#: Before the next try, by the number of tries so far.
PAUSES = [timedelta(seconds=seconds) for seconds in (10, 60, 300, 900)]

State = IncomingMail.State

#: What the journal tells of a message that came.
TOLD = (
    *("pk", "at", "stored_at", "is_automatic", "score__is_spam"),
    *("conversation", "conversation__mailbox", "conversation__folder"),
    *("incoming__is_history", "incoming__origin__page_number"),
    "incoming__origin__page_title",
)


#: Messages that are there, by what makes a message; the ledger's row of each.
Known = dict[tuple[int, str, str], int | None]


@dataclass
class Opened:
    """A mail of the batch, read and parsed."""

    mail: IncomingMail
    raw: bytes
    parsed: ParsedMessage

    @property
    def key(self) -> tuple[int, str, str]:
        """What makes two mails the same message."""
        own_id = id_hash(self.parsed.message_id)
        return self.mail.mailbox_id, own_id, self.parsed.content_hash


def process_batch() -> bool:
    """Process up to 50 mails for up to 30 seconds; return whether there were any.

    TransportPausedError while no mail may move.
    """
    account = Account.objects.select_related("installation").first()
    ensure_transport_open(account)
    waiting = IncomingMail.objects.waiting()
    # Attempts are counted by the claim, so that a crash counts as well.
    batches = (waiting.filter(attempts=0), BATCH), (waiting.filter(attempts__gt=0), 1)
    done = [_process_claimed(rows, account, limit=limit) for rows, limit in batches]
    return any(done)


def _process_claimed(
    rows: IncomingMailQuerySet, account: Account | None, *, limit: int
) -> bool:
    owner = new_owner()
    if not rows.claim(owner, lease=LEASE, limit=limit, attempts=F("attempts") + 1):
        return False
    held = IncomingMail.objects.held_by(owner)
    deadline = time.monotonic() + BATCH_SECONDS
    for chunk in _chunks(held.select_related("blob").order_by("pk")):
        _process(chunk, account, deadline=deadline)
    if time.monotonic() > deadline:  # What is left is as if it had not been claimed.
        held.update(attempts=F("attempts") - 1, **RELEASED)
    return True


def _chunks(mails: Iterable[IncomingMail]) -> Iterator[list[IncomingMail]]:
    """Cut a batch so that what is in memory at once stays small."""
    chunk: list[IncomingMail] = []
    size = 0
    for mail in mails:
        if chunk and size + mail.blob.size > CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(mail)
        size += mail.blob.size
    if chunk:
        yield chunk


def _process(
    mails: Iterable[IncomingMail], account: Account | None, *, deadline: float
) -> None:
    opened = [found for mail in mails if (found := _open(mail, deadline=deadline))]
    contacts = see(found.parsed.sender for found in opened)
    knowledge = Knowledge(
        mailboxes={found.mail.mailbox_id for found in opened},
        sender_keys={found.parsed.sender.key for found in opened},
        contacts=set(contacts.values()),
        known_account=account,
    )
    own_keys = frozenset(Mailbox.objects.values_list("address_key", flat=True))
    known = _known(opened)
    done: dict[State, list[Opened]] = {State.STORED: [], State.DUPLICATE: []}
    for found in opened:
        if time.monotonic() > deadline:
            break
        circumstances = Circumstances(
            incoming_id=found.mail.pk,
            contact_id=contacts.get(found.parsed.sender.key),
            own_keys=own_keys,
            assigns=knowledge.account.maintain_assignments,
        )
        if found.key not in known:
            known |= _store(found, circumstances, knowledge)
        if found.key in known:
            is_own = known[found.key] == found.mail.pk
            done[State.STORED if is_own else State.DUPLICATE].append(found)
    _finish([found.mail for found in done[State.DUPLICATE]], State.DUPLICATE)
    _note_received([found.mail for found in done[State.STORED]])


def _open(mail: IncomingMail, *, deadline: float) -> Opened | None:
    if time.monotonic() > deadline:
        return None
    try:
        raw = blobs.read(mail.blob_id)
        return Opened(mail, raw, parse(raw))
    except Exception as error:  # noqa: BLE001 - one bad mail must not stop the others
        _fail(mail, error)
        return None


def _known(opened: Iterable[Opened]) -> Known:
    hashes = [found.parsed.content_hash for found in opened]
    rows = Message.objects.filter(content_hash__in=hashes).values_list(
        "mailbox_id", "id_hash", "content_hash", "incoming_id"
    )
    return {(mailbox, own_id, content): mail for mailbox, own_id, content, mail in rows}


def _store(found: Opened, circumstances: Circumstances, knowledge: Knowledge) -> Known:
    """Judge one mail and store it, in a transaction; return what is known of it then."""
    try:
        judged = judge(_subject(found, circumstances), knowledge)
        known_then = circumstances._replace(authentication=judged.authentication)
        with transaction.atomic():
            message = store(found.mail, found.parsed, known_then, score=judged.score)
            announce = partial(signals.message_stored.send, Message, message=message)
            transaction.on_commit(announce)
    except IntegrityError as error:
        # Perhaps another worker stored the same mail a moment ago.
        known = _known([found])
        if found.key not in known:
            _fail(found.mail, error)
        return known
    except Exception as error:  # noqa: BLE001 - one bad mail must not stop the others
        _fail(found.mail, error)
        return {}
    return {found.key: found.mail.pk}


def _subject(found: Opened, circumstances: Circumstances) -> Subject:
    return Subject(
        raw=found.raw,
        mailbox_id=found.mail.mailbox_id,
        sender_key=found.parsed.sender.key,
        contact_id=circumstances.contact_id,
        at=found.mail.received_at,
        is_history=found.mail.is_history,
        is_typed=found.mail.way == IncomingMail.Way.FORM,
    )


@transaction.atomic
def _note_received(mails: Collection[IncomingMail]) -> None:
    """Close the rows of what became messages, and write into the journal that it came.

    For the whole batch at once, and in one transaction: whoever finds such a row still
    open, after a crash, does both.
    """
    if not mails:
        return
    rows = IncomingMail.objects.filter(pk__in=[mail.pk for mail in mails])
    owner = next(iter(mails)).lease_owner
    held = rows.held_by(owner)
    arrived = Message.objects.filter(incoming__in=held.values("pk")).order_by("pk")
    record_all(Action.Kind.RECEIVED, [_arrival(row) for row in arrived.values(*TOLD)])
    _finish(mails, State.STORED)


def _arrival(row: dict[str, Any]) -> Subjects:
    """Return what the journal keeps of a message: what numbers are made of."""
    data = {
        "at": row["at"].isoformat(),
        "stored": row["stored_at"].isoformat(),
        "folder": row["conversation__folder"],
    }
    marks = {
        "is_spam": row["score__is_spam"],
        "is_automatic": row["is_automatic"],
        "is_history": row["incoming__is_history"],
        "page": row["incoming__origin__page_number"],
        "title": row["incoming__origin__page_title"],
    }
    return Subjects(
        mailbox=row["conversation__mailbox"],
        conversation=row["conversation"],
        message=row["pk"],
        data=data | {name: value for name, value in marks.items() if value},
    )


def _finish(mails: Collection[IncomingMail], state: State, **changes: Any) -> None:
    """Name the rows' state and give them back, where the claim still holds.

    A worker that dies before leaves rows whose messages are there already; the next one
    finds them by the messages' own reference.
    """
    if not mails:
        return
    rows = IncomingMail.objects.filter(pk__in=[mail.pk for mail in mails])
    held = rows.held_by(next(iter(mails)).lease_owner)
    held.update(state=state, **({"reason": ""} | changes), **RELEASED)


def _fail(mail: IncomingMail, error: Exception) -> None:
    logger.warning("mail %s could not be processed: %s", mail.pk, type(error).__name__)
    is_last = mail.attempts >= ATTEMPTS
    pause = PAUSES[min(mail.attempts, len(PAUSES)) - 1]
    _finish(
        [mail],
        State.QUARANTINED if is_last else State.FAILED,
        reason="".join(traceback.format_exception(error)),
        next_try_at=timezone.now() + pause,
    )
    if isinstance(error, BaseTimeoutException):  # RQ wants its worker back.
        raise error
