"""What members are writing, saved as they type."""

import secrets
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.inbox.models.conversations import Conversation
from wagtail_ecp.inbox.models.ledger import Blob
from wagtail_ecp.inbox.models.mailboxes import Mailbox
from wagtail_ecp.inbox.models.messages import Message

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def new_key() -> str:
    """Return a name for what is about to be written."""
    return secrets.token_hex(16)


class DraftQuerySet(models.QuerySet["Draft"]):
    """Reads of drafts."""

    def visible_to(self, user: "User | Any") -> "DraftQuerySet":
        """Drafts in mailboxes that ``user`` may read, others' private ones left out."""
        readable = Mailbox.objects.visible_to(user)
        return self.filter(
            Q(is_private=False) | Q(author=user.pk),
            # Its conversation may have gone to another mailbox since.
            Q(conversation=None) | Q(conversation__mailbox__in=readable),
            mailbox__in=readable,
        )

    def open(self) -> "DraftQuerySet":
        """Drafts that were neither handed to the outbox nor thrown away."""
        return self.filter(message=None, discarded_at=None)

    def due(self) -> "DraftQuerySet":
        """Drafts whose time to be sent has come."""
        return self.open().filter(send_at__lte=Now())


class Draft(models.Model):
    """An e-mail that is being written, for the team to see unless it is private."""

    class Kind(models.TextChoices):
        """What it will be."""

        REPLY = "reply", _("reply")
        REPLY_ALL = "reply-all", _("reply to all")
        FORWARD = "forward", _("forward")
        NEW = "new", _("new e-mail")

    # The form has it before there is a row: what is saved or sent twice is one draft.
    key = models.CharField(max_length=32, unique=True, default=new_key)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="+")
    # None: it will begin one.
    conversation = models.ForeignKey(
        Conversation,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="drafts",
    )
    # The message that it answers or passes on.
    answers = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.REPLY)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    author_name = models.CharField(max_length=255, blank=True)
    is_private = models.BooleanField(default=False)
    # As they stand in the form, however unfinished.
    to = models.TextField(blank=True)
    cc = models.TextField(blank=True)
    bcc = models.TextField(blank=True)
    subject = models.TextField(blank=True)
    # What Wagtail's editor stores, or plain text.
    body = models.TextField(blank=True)
    is_plain = models.BooleanField(default=False)
    has_quote = models.BooleanField(default=True)
    # Of a forward: which attachments of what it passes on go along, by their index.
    originals = models.JSONField(default=list, blank=True)
    # The newest message that its writer had before their eyes.
    seen = models.BigIntegerField(default=0)
    # Each save adds one; who saves over a version that they have not seen is told.
    version = models.PositiveIntegerField(default=1)
    saved_by_name = models.CharField(max_length=255, blank=True)
    # To be sent by itself then; what stopped that, in words.
    send_at = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True)
    # What it became: kept until sending can't be undone any more.
    message = models.OneToOneField(
        Message, null=True, blank=True, on_delete=models.CASCADE, related_name="draft"
    )
    # What is done to the conversation when it is sent, and undone with it.
    after = models.JSONField(default=dict, blank=True)
    # Thrown away: kept for a while, so that it can be taken out again.
    discarded_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(
                fields=["mailbox", "-changed_at", "-id"],
                condition=Q(message__isnull=True),
                name="ecp_draft_list",
            ),
            models.Index(
                fields=["send_at"],
                condition=Q(send_at__isnull=False, message__isnull=True),
                name="ecp_draft_due",
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class DraftFileQuerySet(models.QuerySet["DraftFile"]):
    """Reads of drafts' files."""

    def beside(self) -> "DraftFileQuerySet":
        """Files that are listed below the text, not shown in it."""
        return self.filter(is_inline=False)


class DraftFile(models.Model):
    """A file in a draft, stored like raw mail: once for all who refer to it."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="draft_files")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=255)
    size = models.BigIntegerField()
    # In the text where it was pasted, not beside it.
    is_inline = models.BooleanField(default=False)
    # Too large to go along: the mail has a link that expires.
    is_link = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    objects = DraftFileQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class FileLink(models.Model):
    """A file that a correspondent fetches by a secret address until a day."""

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="file_links"
    )
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="file_links")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=255)
    size = models.BigIntegerField()
    # Of the secret in the address; the secret itself stands in the mail alone.
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    fetched = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    @property
    def is_expired(self) -> bool:
        """Whether its address leads to nothing but words any more."""
        return self.expires_at <= timezone.now()
