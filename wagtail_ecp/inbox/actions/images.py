"""Whose images a member always wants to see."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.models import Message, TrustedImages

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def trust_images(message: Message, *, by: "User") -> None:
    """Show ``by`` the images of the message's sender from now on, in all their mail."""
    _require_sender(message, by=by)
    TrustedImages.objects.get_or_create(user=by, sender_key=message.sender_key)


def distrust_images(message: Message, *, by: "User") -> None:
    """Take that back."""
    _require_sender(message, by=by)
    TrustedImages.objects.filter(user=by, sender_key=message.sender_key).delete()


def _require_sender(message: Message, *, by: "User") -> None:
    if not permissions.can_read(by, message.conversation.mailbox):
        raise PermissionDenied
    if not message.sender_key:
        raise PermissionDenied
