"""Finds what an address in our part of the admin names; 404 for what one may not see."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from wagtail_ecp.inbox import permissions, pictures
from wagtail_ecp.inbox.models import (
    Conversation,
    Draft,
    DraftFile,
    Follow,
    Merge,
    Message,
    Note,
    Outbox,
    Star,
)
from wagtail_ecp.inbox.models.conversations import ConversationQuerySet
from wagtail_ecp.journal.models import Action


def find_conversation(request: HttpRequest, number: int) -> Conversation:
    """Return the conversation of this number, or what it has become part of."""
    return _find(number, Conversation.objects.visible_to(request.user))


def find_reading(request: HttpRequest, number: int) -> "Reading":
    """Return ``find_conversation``'s and what its page asks of it, found at once."""
    visible = Conversation.objects.visible_to(request.user)
    standing = Merge.objects.filter(kept=OuterRef("pk"), undone_at=None)
    answering = permissions.answered_by(request.user).filter(pk=OuterRef("mailbox"))
    own = {"user": request.user.pk, "conversation": OuterRef("pk")}
    asked = {
        "may_reply": Exists(answering),
        "has_merges": Exists(standing),
        "is_starred": Exists(Star.objects.filter(**own)),
        "is_followed": Exists(Follow.objects.filter(**own)),
    }
    named = {f"ecp_{name}": value for name, value in asked.items()}
    found = _find(number, visible.annotate(**named))
    return Reading(found, **{name: getattr(found, f"ecp_{name}") for name in asked})


class Reading(NamedTuple):
    """A conversation, and what its page asks of it."""

    conversation: Conversation
    may_reply: bool
    has_merges: bool
    is_starred: bool
    is_followed: bool


def _find(number: int, visible: ConversationQuerySet) -> Conversation:
    related = visible.select_related("mailbox", "merged_into", "assignee")
    found = get_object_or_404(related, pk=number)
    if found.merged_into is None:
        return found
    return get_object_or_404(related, pk=found.whole.pk)


def find_message(request: HttpRequest, message_id: int) -> Message:
    """Return a message of a conversation that the user may read."""
    return get_object_or_404(
        Message.objects.visible_to(request.user).select_related(
            "conversation__mailbox"
        ),
        pk=message_id,
    )


def find_incoming(request: HttpRequest, message_id: int) -> Message:
    """Return a message that came in: nobody judges what we wrote."""
    visible = Message.objects.visible_to(request.user)
    related = visible.select_related("conversation__mailbox", "contact")
    return get_object_or_404(related, pk=message_id, direction=Message.Direction.IN)


def find_outbox(request: HttpRequest, message_id: int) -> Outbox:
    """Return the sending of a message that the user may read."""
    visible = Message.objects.visible_to(request.user)
    related = Outbox.objects.select_related("message__conversation__mailbox")
    found: Outbox = get_object_or_404(related, message__in=visible, message=message_id)
    return found


def find_draft(request: HttpRequest, draft_id: int) -> Draft:
    """Return a draft that the user may see, also one that was sent or thrown away."""
    visible = Draft.objects.visible_to(request.user)
    related = visible.select_related("mailbox", "conversation", "answers", "author")
    return get_object_or_404(related, pk=draft_id)


def find_picture(request: HttpRequest, file_id: int) -> DraftFile:
    """Return a picture in the text of a draft that the user may see."""
    found: DraftFile = get_object_or_404(pictures.visible_to(request.user), pk=file_id)
    return found


def find_merge(request: HttpRequest, merge_id: int) -> Merge:
    """Return a merge into a conversation that the user may read."""
    visible = Conversation.objects.visible_to(request.user)
    related = Merge.objects.select_related("kept__mailbox", "gone")
    return get_object_or_404(related, kept__in=visible, pk=merge_id)


def find_action(request: HttpRequest, action_id: int) -> Action:
    """Return what was done to a conversation that the user may read."""
    visible = Conversation.objects.visible_to(request.user)
    found: Action = get_object_or_404(
        Action, pk=action_id, conversation_number__in=visible.values("pk")
    )
    return found


def find_note(request: HttpRequest, note_id: int) -> Note:
    """Return a note on a conversation that the user may read."""
    visible = Note.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("conversation__mailbox"), pk=note_id
    )
