"""What single members have their eyes on: stars, what they follow, where they are."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from wagtail_ecp.inbox.models.conversations import Conversation


class Star(models.Model):
    """A member wants to find this conversation again."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="stars"
    )

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "conversation"], name="ecp_one_star_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} #{self.conversation_id}"


class Follow(models.Model):
    """A member wants to be told what comes into this conversation."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="follows"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "conversation"], name="ecp_one_follow_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} #{self.conversation_id}"


#: Who was not heard of for so long is not there any more; pages tell every 10 s.
AWAY_AFTER = timedelta(seconds=45)


class PresenceQuerySet(models.QuerySet["Presence"]):
    """Reads of presences."""

    def current(self) -> "PresenceQuerySet":
        """Whoever was heard of just now."""
        return self.filter(seen_at__gt=Now() - AWAY_AFTER)


class Presence(models.Model):
    """A member has this conversation open, and perhaps an answer begun."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="presences"
    )
    is_replying = models.BooleanField(default=False)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "conversation"], name="ecp_one_presence_each"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["seen_at"], name="ecp_presence_seen")]

    def __str__(self) -> str:
        return f"{self.user_id} #{self.conversation_id}"


class TrustedImages(models.Model):
    """A member wants to see this sender's images at once, on whatever server they lie."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    sender_key = models.CharField(max_length=320)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "sender_key"], name="ecp_images_of_a_sender_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.sender_key}"
