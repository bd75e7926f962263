"""Conversations that look as if they belonged to the one being read."""

from typing import Any, Final

from django.db.models import Q

from wagtail_ecp.admin.others import others
from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.inbox.models import Conversation, KeptApart, Mailbox, Message

#: Senders and subjects of as many messages, and as many of the same, are looked at.
LOOKED_AT: Final = 50


def related(request: AdminRequest, found: Conversation) -> dict[str, Any]:
    """Return what the same people wrote under the same subject, and what was split."""
    lower = Q(lower=found.pk)
    pairs = KeptApart.objects.filter(lower | Q(higher=found.pk))
    numbers = {
        number for pair in pairs.values_list("lower", "higher") for number in pair
    }
    apart = Conversation.objects.filter(pk__in=numbers)
    return {
        "alike": others(request.user, beside=found, among=_alike(request, found)),
        "apart": others(request.user, beside=found, among=apart) if numbers else [],
    }


def _alike(request: AdminRequest, found: Conversation) -> Any:
    """By the index of mailbox, sender and subject; every mailbox that one may read."""
    here = found.messages.filter(direction=Message.Direction.IN).exclude(subject_key="")
    pairs = {*here.order_by("-at").values_list("sender_key", "subject_key")[:LOOKED_AT]}
    if not pairs:
        return Conversation.objects.none()
    mailboxes = Mailbox.objects.visible_to(request.user).values_list("pk", flat=True)
    alike = Message.objects.filter(
        mailbox__in=list(mailboxes),
        sender_key__in={sender for sender, _subject in pairs},
        subject_key__in={subject for _sender, subject in pairs},
    ).exclude(conversation=found.pk)
    latest = alike.order_by("-pk").values_list("conversation", flat=True)[:LOOKED_AT]
    return Conversation.objects.filter(pk__in=set(latest))
