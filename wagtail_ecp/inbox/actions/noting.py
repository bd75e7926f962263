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
    locked,
    note_action,
    require_reply,
)
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
def change_note(note: Note, text: str, *, by: "User") -> Note:
    """Write one's own note anew; the history says that it was changed, and by whom."""
    row, own = _own(note, by=by)
    words = _tidy(text)
    if own.text == words:
        return own
    own.text, own.changed_at = words, timezone.now()
    own.save(update_fields=["text", "changed_at"])
    _mention(own)
    _heard(row)
    note_action(Action.Kind.NOTE_CHANGED, row, by=by, note=own.pk)
    _announce(own, by=by)
    return own


@transaction.atomic
def delete_note(note: Note, *, by: "User") -> Action:
    """Delete one's own note; the journal keeps what it takes to undo that."""
    row, own = _own(note, by=by)
    kept: dict[str, Any] = {
        "note": own.pk,
        "text": own.text,
        "at": own.at.isoformat(),
        "changed_at": own.changed_at.isoformat() if own.changed_at else "",
        "mentioned": [str(key) for key in own.mentioned.values_list("pk", flat=True)],
    }
    own.delete()
    _heard(row)
    return note_action(Action.Kind.NOTE_DELETED, row, by=by, **kept)


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
        changed_at=parse_datetime(data["changed_at"]) if data["changed_at"] else None,
    )
    readers = permissions.possible_readers(row.mailbox)
    note.mentioned.set(
        user for user in readers if str(user.pk) in set(data["mentioned"])
    )
    _heard(row)


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
    row.save(update_fields=["is_to_be_indexed"])


def _announce(note: Note, *, by: "User") -> None:
    transaction.on_commit(partial(signals.note_written.send, Note, note=note, by=by))
