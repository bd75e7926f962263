"""One e-mail, in or out."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox.models.conversations import JUNK, Conversation
from wagtail_ecp.inbox.models.ledger import Blob, IncomingMail
from wagtail_ecp.inbox.models.mailboxes import Mailbox
from wagtail_ecp.mail.subjects import is_forward_subject

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from wagtail_ecp.spam.models import Score


class MessageQuerySet(models.QuerySet["Message"]):
    """Reads of messages."""

    def visible_to(self, user: "User | Any") -> "MessageQuerySet":
        """Messages of conversations that ``user`` may read."""
        return self.filter(conversation__mailbox__in=Mailbox.objects.visible_to(user))

    def unscored(self) -> "MessageQuerySet":
        """Find incoming mail that was not judged; only old mail is not."""
        return self.filter(direction=Message.Direction.IN, score=None)

    def news(self, mailbox: Mailbox | int) -> "MessageQuerySet":
        """Find what came into a mailbox and is no junk, the latest arrival first."""
        found = self.filter(news_of=mailbox).exclude(score__is_spam=True)
        return found.exclude(conversation__folder__in=JUNK).order_by("-pk")

    def in_order(self) -> "MessageQuerySet":
        """Oldest first, each with its score."""
        return self.select_related("score").order_by("at", "id")


class Message(models.Model):
    """One e-mail; its raw bytes hold everything, the columns what pages need."""

    class Direction(models.TextChoices):
        """Seen from us."""

        IN = "in", _("in")
        OUT = "out", _("out")

    class Authentication(models.TextChoices):
        """What a server that we trust found out about the sender (DMARC)."""

        PASS = "pass", _("passed")
        FAIL = "fail", _("failed")
        NONE = "none", _("not checked")

    class Reason(models.TextChoices):
        """Why the message is in its conversation."""

        FIRST = "first", _("It began this conversation.")
        CITES = "cites", _("It answers a message that its sender took part in.")
        ANSWERS_US = "answers-us", _("It answers a message of ours.")
        SIGNED = "signed", _("It answers a message that bears our mark.")
        SAME_UNKNOWN = "same-unknown", _("It answers the same missing message.")
        SAME_SUBJECT = "same-subject", _("Same sender and subject, without an id.")
        WRITTEN = "written", _("It was written here.")

    # Where it was delivered to, or sent from; the conversation may have moved since.
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="+")
    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="messages"
    )
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="messages")
    # The ledger's row that it came from: tells "stored" from "duplicate" after a crash.
    incoming = models.OneToOneField(
        IncomingMail,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="message",
    )
    direction = models.CharField(max_length=3, choices=Direction)
    message_id = models.TextField(blank=True)
    # NOT NULL even where there is no Message-ID, so that the constraint always bites.
    id_hash = models.CharField(max_length=40)
    content_hash = models.CharField(max_length=64)
    sender_name = models.CharField(max_length=255, blank=True)
    sender_address = models.CharField(max_length=320, blank=True)
    sender_key = models.CharField(max_length=320, blank=True)
    # {"to": [["name", "address"], …], "cc": […], "bcc": […], "reply_to": […]}
    addresses = models.JSONField(default=dict)
    # Address keys of From, To and Cc without our own.
    participants = models.JSONField(default=list)
    contact = models.ForeignKey(
        Contact,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="messages",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    author_name = models.CharField(max_length=255, blank=True)
    subject = models.TextField(blank=True)
    subject_key = models.CharField(max_length=255, blank=True)
    text = models.TextField(blank=True)
    snippet = models.CharField(max_length=255, blank=True)
    has_html = models.BooleanField(default=False)
    # None: nobody looked yet, it was stored before we did.
    has_remote_images = models.BooleanField(null=True, editable=False)
    has_attachments = models.BooleanField(default=False)
    is_reply = models.BooleanField(default=False)
    is_automatic = models.BooleanField(default=False)
    is_readable = models.BooleanField(default=True)
    # A stranger who answered a mail of ours: shown as such, never put in Cc by us.
    is_newcomer = models.BooleanField(default=False)
    authentication = models.CharField(
        max_length=4, choices=Authentication, default=Authentication.NONE
    )
    reason = models.CharField(max_length=16, choices=Reason, default=Reason.FIRST)
    # The mailbox whose feed tells of it: see ``news``. None for what we wrote, for mail
    # from before the mailbox was connected, and for what came in as spam.
    news_of = models.ForeignKey(
        Mailbox,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    # The time of writing, but never later than the time of arrival.
    at = models.DateTimeField()
    stored_at = models.DateTimeField(auto_now_add=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mailbox", "id_hash", "content_hash"],
                name="ecp_each_message_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["conversation", "at", "id"], name="ecp_message_in_order"
            ),
            models.Index(
                fields=["mailbox", "sender_key", "subject_key"],
                name="ecp_message_subject",
            ),
            # By number: in the order of arrival, whatever the senders' clocks say.
            models.Index(
                fields=["news_of", "-id"],
                condition=models.Q(news_of__isnull=False),
                name="ecp_message_news",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.conversation_id}/{self.pk}"

    @property
    def is_ours(self) -> bool:
        """Whether we wrote it."""
        return self.direction == self.Direction.OUT

    @property
    def is_forward(self) -> bool:
        """Whether it passes something on: it says so, and cites nothing."""
        return not self.is_reply and is_forward_subject(self.subject)

    @property
    def is_spam(self) -> bool:
        """Whether its verdict is spam; what was never judged is not."""
        score: Score | None = getattr(self, "score", None)
        return score is not None and score.is_spam


class MessageIdentifier(models.Model):
    """A Message-ID that a message bears or cites; one index answers who knows whom."""

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="identifiers", db_index=True
    )
    id_hash = models.CharField(max_length=40)
    is_own = models.BooleanField()

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["id_hash", "is_own"], name="ecp_identifier")
        ]

    def __str__(self) -> str:
        return self.id_hash


class Attachment(models.Model):
    """A file in a message; its bytes are read from the raw mail."""

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="attachments"
    )
    index = models.PositiveIntegerField()
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=255)
    size = models.BigIntegerField()
    content_id = models.CharField(max_length=255, blank=True)
    is_inline = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        ordering = ("index",)

    def __str__(self) -> str:
        return self.name
