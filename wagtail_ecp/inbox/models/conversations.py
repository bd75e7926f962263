"""Messages that belong together."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelsearch import index

from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox.models.mailboxes import Folder, Mailbox
from wagtail_ecp.inbox.models.tags import Tag

if TYPE_CHECKING:
    from django.contrib.auth.models import User


#: From where conversations are purged when the owner's time is over.
JUNK = (Folder.SPAM, Folder.TRASH)
#: ``snoozed_until`` of what sleeps until somebody writes.
UNTIL_REPLY = datetime(9999, 1, 1, tzinfo=UTC)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Reads of conversations; every door comes in through ``visible_to``."""

    def visible_to(self, user: "User | Any") -> Self:
        """Conversations of mailboxes that ``user`` may read."""
        return self.filter(mailbox__in=Mailbox.objects.visible_to(user))

    def whole(self) -> Self:
        """Conversations that have not become part of another."""
        return self.filter(merged_into=None)

    def to_be_assigned(self) -> Self:
        """Find those that the job that assigns has to look at."""
        return self.whole().filter(is_to_be_assigned=True)

    def to_be_indexed(self) -> Self:
        """Find those whose words changed since the search index heard of them."""
        return self.filter(is_to_be_indexed=True)

    def awake(self) -> Self:
        """Leave out what sleeps: it lies in the inbox and is not shown there."""
        return self.filter(snoozed_until=None)

    def to_be_woken(self) -> Self:
        """Find those whose time has come."""
        return self.filter(snoozed_until__lte=Now())


class Conversation(index.Indexed, models.Model):  # type: ignore[misc]
    """A connected set of messages; its number is its primary key and never reused."""

    # Ours to keep up to date, by jobs after the commit: see inbox/search/indexing.py.
    search_auto_update = False
    search_fields: ClassVar = [
        index.SearchField("indexed_text"),
        index.FilterField("mailbox"),
    ]
    #: What a search service is given; set by whoever puts it in.
    indexed_text = ""

    class Status(models.TextChoices):
        """Derived from what is stored, never stored itself."""

        OPEN = "open", _("open")
        PENDING = "pending", _("pending")
        SNOOZED = "snoozed", _("snoozed")
        CLOSED = "closed", _("closed")

    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.PROTECT, related_name="conversations"
    )
    folder = models.CharField(max_length=8, choices=Folder, default=Folder.INBOX)
    subject = models.TextField(blank=True)
    contact = models.ForeignKey(
        Contact,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="conversations",
    )
    # Shown in lists: who wrote to us last.
    correspondent = models.CharField(max_length=255, blank=True)
    snippet = models.CharField(max_length=255, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    assignee_name = models.CharField(max_length=255, blank=True)
    # Mail came, and the job that assigns it has not been here yet.
    is_to_be_assigned = models.BooleanField(default=False)
    # What it says changed, and the search index has yet to hear of it.
    is_to_be_indexed = models.BooleanField(default=True)
    is_unread = models.BooleanField(default=True)
    has_attachments = models.BooleanField(default=False)
    message_count = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField()
    last_message_at = models.DateTimeField()
    # The earliest message that a person has not answered.
    waiting_since = models.DateTimeField(null=True, blank=True)
    last_answer_at = models.DateTimeField(null=True, blank=True)
    # Since when it lies in Spam or Trash, from where it is purged in time.
    junked_at = models.DateTimeField(null=True, blank=True)
    # Only in the inbox; ``UNTIL_REPLY`` if nothing but a reply is to wake it.
    snoozed_until = models.DateTimeField(null=True, blank=True)
    # A reply brought it back from the trash.
    came_back_at = models.DateTimeField(null=True, blank=True)
    # A person merged or split it: machines leave its messages where they are.
    is_arranged = models.BooleanField(default=False)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts"
    )
    tags = models.ManyToManyField(
        Tag, through="ConversationTag", related_name="conversations", blank=True
    )
    created_at = models.DateTimeField(default=timezone.now)
    # Goes up with every change, and when that was: see ``keep``.
    version = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(snoozed_until__isnull=True) | Q(folder=Folder.INBOX),
                name="ecp_snoozed_in_the_inbox",
            )
        ]
        # One for each list, in its order; a snoozed conversation is in no other.
        indexes: ClassVar = [
            models.Index(
                fields=["mailbox", "folder", "-last_message_at", "-id"],
                condition=Q(merged_into__isnull=True, snoozed_until__isnull=True),
                name="ecp_conversation_list",
            ),
            models.Index(
                fields=["mailbox", "folder", "-last_message_at", "-id"],
                condition=Q(
                    merged_into__isnull=True, snoozed_until__isnull=True, is_unread=True
                ),
                name="ecp_conversation_unread",
            ),
            # Few have files, and whoever asks for those may find the last one years ago.
            models.Index(
                fields=["mailbox", "folder", "-last_message_at", "-id"],
                condition=Q(
                    merged_into__isnull=True,
                    snoozed_until__isnull=True,
                    has_attachments=True,
                ),
                name="ecp_conversation_files",
            ),
            models.Index(
                fields=["assignee", "mailbox", "-last_message_at", "-id"],
                condition=Q(
                    merged_into__isnull=True,
                    snoozed_until__isnull=True,
                    folder=Folder.INBOX,
                    assignee__isnull=False,
                ),
                name="ecp_conversation_mine",
            ),
            models.Index(
                fields=["assignee", "waiting_since", "id"],
                condition=Q(
                    merged_into__isnull=True,
                    snoozed_until__isnull=True,
                    folder=Folder.INBOX,
                    assignee__isnull=False,
                    waiting_since__isnull=False,
                ),
                name="ecp_conversation_my_waiting",
            ),
            # The folder is always the inbox: without it SQLite takes the longer list.
            models.Index(
                fields=["mailbox", "folder", "-last_message_at", "-id"],
                condition=Q(
                    merged_into__isnull=True,
                    snoozed_until__isnull=True,
                    folder=Folder.INBOX,
                    assignee__isnull=True,
                ),
                name="ecp_conversation_nobodys",
            ),
            models.Index(
                fields=["mailbox", "waiting_since", "id"],
                condition=Q(
                    merged_into__isnull=True,
                    snoozed_until__isnull=True,
                    folder=Folder.INBOX,
                    waiting_since__isnull=False,
                ),
                name="ecp_conversation_waiting",
            ),
            models.Index(
                fields=["mailbox", "snoozed_until", "id"],
                condition=Q(merged_into__isnull=True, snoozed_until__isnull=False),
                name="ecp_conversation_snoozed",
            ),
            models.Index(
                fields=["mailbox", "-last_answer_at", "-id"],
                condition=Q(merged_into__isnull=True, last_answer_at__isnull=False),
                name="ecp_conversation_sent",
            ),
            models.Index(
                fields=["contact", "-last_message_at", "-id"],
                condition=Q(merged_into__isnull=True, contact__isnull=False),
                name="ecp_conversation_contact",
            ),
            models.Index(
                fields=["snoozed_until"],
                condition=Q(snoozed_until__isnull=False),
                name="ecp_conversation_woken",
            ),
            models.Index(
                fields=["id"],
                condition=Q(is_to_be_assigned=True),
                name="ecp_conversation_unassigned",
            ),
            models.Index(
                fields=["id"],
                condition=Q(is_to_be_indexed=True),
                name="ecp_conversation_unindexed",
            ),
            models.Index(
                fields=["junked_at"],
                condition=Q(junked_at__isnull=False),
                name="ecp_conversation_junk",
            ),
            # Feeds of saved searches tell of what changed last.
            models.Index(
                fields=["mailbox", "-changed_at", "-id"],
                condition=Q(merged_into__isnull=True),
                name="ecp_conversation_changed",
            ),
        ]

    def __str__(self) -> str:
        # Neutral on purpose: Wagtail's logs show it to people who may not read it.
        return f"#{self.pk}"

    @classmethod
    def get_indexed_objects(cls) -> ConversationQuerySet:
        """Give modelsearch's own rebuilding nothing: ``ecp_index`` does it in pieces."""
        return cls.objects.none()

    def keep(self, *columns: str) -> None:
        """Save these columns, all if none is named, and that the row changed.

        The row is locked, or new. Nothing else saves a conversation.
        """
        self.version += 1
        self.changed_at = timezone.now()
        told = [*columns, "version", "changed_at"] if columns else None
        self.save(update_fields=told)

    def file_in(self, folder: str) -> None:
        """Change the folder; from Spam and Trash on, the time to its purge runs.

        Only what lies in the inbox sleeps.
        """
        if folder != Folder.INBOX:
            self.snoozed_until = None
        if folder != self.folder:
            self.folder = folder
            self.junked_at = timezone.now() if folder in JUNK else None

    @property
    def status(self) -> str:
        """Open, pending, snoozed or closed."""
        if self.folder == Folder.ARCHIVE:
            return self.Status.CLOSED
        if self.snoozed_until:
            return self.Status.SNOOZED
        return self.Status.PENDING if self.is_answered else self.Status.OPEN

    @property
    def whole(self) -> "Conversation":
        """The conversation that this one has become part of, else itself."""
        return self.merged_into.whole if self.merged_into else self

    @property
    def mailbox_of_news(self) -> int | None:
        """The mailbox whose feed tells of its mail; none while it lies in the junk."""
        is_shown = self.merged_into_id is None and self.folder not in JUNK
        return self.mailbox_id if is_shown else None

    @property
    def is_answered(self) -> bool:
        """Whether we wrote last and the correspondent's turn has come."""
        return self.last_answer_at is not None and self.waiting_since is None


class ConversationTag(models.Model):
    """A tag on a conversation."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="taggings"
    )
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings")

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "tag"], name="ecp_each_tag_once"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.conversation_id} {self.tag_id}"


class Merge(models.Model):
    """One conversation became part of another; what is needed to undo it."""

    kept = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="merges"
    )
    gone = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    message_ids = models.JSONField()
    # What else came along, by kind and number, and how ``kept`` was before and after.
    data = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    by_name = models.CharField(max_length=255, blank=True)
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"#{self.gone_id} into #{self.kept_id}"


class KeptApart(models.Model):
    """A person split these two: no machine merges them again."""

    lower = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    higher = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["lower", "higher"], name="ecp_kept_apart_once"
            ),
            models.CheckConstraint(
                condition=Q(lower__lt=models.F("higher")), name="ecp_kept_apart_order"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.lower_id} / #{self.higher_id}"
