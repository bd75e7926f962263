"""Finds what an address in our part of the admin names; 404 for what one may not see."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.models import Conversation, Draft, Merge, Message, Outbox
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
    found = _find(
        number,
        visible.annotate(
            ecp_may_reply=Exists(answering), ecp_has_merges=Exists(standing)
        ),
    )
    return Reading(found, found.ecp_may_reply, found.ecp_has_merges)


class Reading(NamedTuple):
    """A conversation, and what its page asks of it."""

    conversation: Conversation
    may_reply: bool
    has_merges: bool


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
