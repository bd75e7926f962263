"""What colleagues tell each other about a conversation; nobody outside reads it."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from wagtail_ecp.inbox.models.conversations import Conversation

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class NoteQuerySet(models.QuerySet["Note"]):
    """Reads of notes."""

    def visible_to(self, user: "User | Any") -> "NoteQuerySet":
        """Return notes on conversations that ``user`` may read."""
        readable = Conversation.objects.visible_to(user).values("pk")
        return self.filter(conversation__in=readable)


class Note(models.Model):
    """An internal remark, in plain text; never sent, never in a feed by itself."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="notes"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    author_name = models.CharField(max_length=255, blank=True)
    text = models.TextField()
    mentioned = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True
    )
    at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True, blank=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["conversation", "at", "id"], name="ecp_note_in_order")
        ]

    def __str__(self) -> str:
        return f"#{self.conversation_id}/note {self.pk}"
