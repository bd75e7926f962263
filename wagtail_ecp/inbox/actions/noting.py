"""What colleagues tell each other: notes, and whom these mention."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from wagtail_ecp import signals
from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.actions.steps import (
    CannotUndoError,
    ChangedSinceError,
    locked,
    note_action,
    require_reply,
)
from wagtail_ecp.inbox.counters import touch
from wagtail_ecp.inbox.mentions import mentioned_in
from wagtail_ecp.inbox.models import Conversation, Note
from wagtail_ecp.journal.actions import display_name
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.contrib.auth.models import User

#: Characters; more is a document.
LONGEST = 20_000


@transaction.atomic
def add_note(
    conversation: Conversation,
    text: str,
    *,
    by: "User",
    mentions: "Collection[User]" = (),
) -> Note:
    """Write a note for colleagues; nobody outside ever reads it.

    Mentioned are ``mentions`` and whoever is named by ``@username``, of those who may
    read the conversation. ValidationError if there is nothing in it, or too much.
    """
    require_reply(by, conversation)
    words = _tidy(text)
    row = locked(conversation)
    note = Note.objects.create(
        conversation=row, author=by, author_name=display_name(by), text=words
    )
    _mention(note, also=mentions)
    _heard(row)
    note_action(Action.Kind.NOTED, row, by=by, note=note.pk)
    _announce(note, by=by)
    return note


@transaction.atomic
def change_note(note: Note, text: str, *, by: "User") -> Action | None:
    """Write one's own note anew; None if it says that already.

    The history says that it was changed, and by whom; the journal keeps what it said.
    """
    row, own = _own(note, by=by)
    words = _tidy(text)
    if own.text == words:
        return None
    before = _said(own)
    own.text, own.changed_at = words, timezone.now()
    own.save(update_fields=["text", "changed_at"])
    _mention(own)
    _heard(row)
    after = own.changed_at.isoformat()
    action = note_action(Action.Kind.NOTE_CHANGED, row, by=by, after=after, **before)
    _announce(own, by=by)
    return action


@transaction.atomic
def delete_note(note: Note, *, by: "User") -> Action:
    """Delete one's own note; the journal keeps what it takes to undo that."""
    row, own = _own(note, by=by)
    kept = _said(own)
    own.delete()
    _heard(row)
    return note_action(Action.Kind.NOTE_DELETED, row, by=by, **kept)


def _said(note: Note) -> dict[str, Any]:
    """Return what the journal keeps of a note as it is."""
    return {
        "note": note.pk,
        "text": note.text,
        "at": note.at.isoformat(),
        "changed_at": note.changed_at.isoformat() if note.changed_at else "",
        "mentioned": [str(key) for key in note.mentioned.values_list("pk", flat=True)],
    }


def undo_change_note(row: Conversation, action: Action, _by: "User") -> None:
    """Let a note say again what it said, if nobody changed it since."""
    data = action.data
    if "text" not in data:  # Purged meanwhile, or older than the undo.
        raise CannotUndoError
    own = Note.objects.filter(conversation=row, pk=data["note"])
    note = own.select_for_update(of=("self",)).first()
    if note is None or note.changed_at != parse_datetime(data["after"]):
        raise ChangedSinceError
    note.text = data["text"]
    note.changed_at = _time(data["changed_at"])
    note.save(update_fields=["text", "changed_at"])
    _mention_again(note, data)
    _heard(row)


def undo_delete_note(row: Conversation, action: Action, by: "User") -> None:
    """Bring back a note; it has a new number."""
    data = action.data
    if "text" not in data:  # Purged meanwhile.
        raise CannotUndoError
    note = Note.objects.create(
        conversation=row,
        author=by,
        author_name=display_name(by),
        text=data["text"],
        at=datetime.fromisoformat(data["at"]),
        changed_at=_time(data["changed_at"]),
    )
    _mention_again(note, data)
    _heard(row)


def _time(text: str) -> datetime | None:
    return parse_datetime(text) if text else None


def _mention_again(note: Note, data: dict[str, Any]) -> None:
    """Mention whom the note mentioned, of those who may still read it."""
    readers = permissions.possible_readers(note.conversation.mailbox)
    known = set(data["mentioned"])
    note.mentioned.set(user for user in readers if str(user.pk) in known)


def undo_note(row: Conversation, action: Action, by: "User") -> None:
    """Take back a note that one has just written."""
    note = Note.objects.filter(conversation=row, pk=action.data["note"]).first()
    if note is not None:
        delete_note(note, by=by)


def _own(note: Note, *, by: "User") -> tuple[Conversation, Note]:
    """Return a note's conversation and itself, locked; PermissionDenied for others'."""
    require_reply(by, note.conversation)
    if note.author_id != by.pk:
        raise PermissionDenied(_("A note is changed by who wrote it, and nobody else."))
    row = locked(note.conversation)
    return row, Note.objects.select_for_update(of=("self",)).get(pk=note.pk)


def _tidy(text: str) -> str:
    words = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not words:
        raise ValidationError(_("There is nothing in this note."), code="empty")
    if len(words) > LONGEST:
        raise ValidationError(
            _("A note has at most %(number)s characters; this one has %(has)s.")
            % {"number": LONGEST, "has": len(words)}
        )
    return words


def _mention(note: Note, *, also: "Collection[User]" = ()) -> None:
    """Note whom it mentions; who may not read it is not told of it."""
    readers = {
        user.get_username(): user
        for user in permissions.possible_readers(note.conversation.mailbox)
    }
    names = mentioned_in(note.text, readers)
    names |= {user.get_username() for user in also} & set(readers)
    people: list[Any] = [readers[name] for name in names]
    note.mentioned.set([user for user in people if user.pk != note.author_id])


def _heard(row: Conversation) -> None:
    row.is_to_be_indexed = True
    touch(row, "is_to_be_indexed")


def _announce(note: Note, *, by: "User") -> None:
    transaction.on_commit(partial(signals.note_written.send, Note, note=note, by=by))
