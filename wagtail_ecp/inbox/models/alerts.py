"""What members are told of, in the admin and by e-mail."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.inbox.models.conversations import Conversation
from wagtail_ecp.inbox.models.drafts import Draft
from wagtail_ecp.inbox.models.mailboxes import Mailbox
from wagtail_ecp.inbox.models.messages import Message

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class AlertQuerySet(models.QuerySet["Alert"]):
    """Reads of alerts."""

    def waiting(self) -> "AlertQuerySet":
        """Alerts that are in no e-mail yet."""
        return self.filter(settled_at=None)

    def unread(self) -> "AlertQuerySet":
        """Alerts that their member has not seen in the admin."""
        return self.filter(read_at=None)

    def visible_to(self, user: "User | Any") -> "AlertQuerySet":
        """Alerts of what ``user`` may read now, wherever it lies by now."""
        readable = Conversation.objects.visible_to(user).values("pk")
        where = Q(message=None) | Q(message__conversation__in=readable)
        drafts = Draft.objects.visible_to(user).filter(discarded_at=None).values("pk")
        new_email = Q(conversation=None, draft__in=drafts)
        return self.filter(new_email | Q(where, conversation__in=readable))


class Alert(models.Model):
    """One thing that one member is told, once."""

    class Kind(models.TextChoices):
        """What happened."""

        ASSIGNED = "assigned", _("assigned to you")
        NEW_MAIL = "new-mail", _("new mail")
        MENTIONED = "mentioned", _("mentioned you")
        FOLLOWED = "followed", _("new in what you follow")
        STAYED = "stayed", _("an e-mail that was not sent by itself")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=16, choices=Kind)
    # What it comes of, such as "message 5": the same thing is told once, whoever
    # notices it and however often.
    cause = models.CharField(max_length=64)
    # None: of a new e-mail, which begins one when it is sent.
    conversation = models.ForeignKey(
        Conversation,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    draft = models.ForeignKey(
        Draft, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    by_name = models.CharField(max_length=255, blank=True)
    at = models.DateTimeField(default=timezone.now)
    # Mailed, or not to be mailed any more.
    settled_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    # In the admin.
    read_at = models.DateTimeField(null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "cause"], name="ecp_each_alert_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["user"],
                condition=Q(settled_at__isnull=True),
                name="ecp_alert_waiting",
            ),
            models.Index(fields=["user", "-id"], name="ecp_alert_list"),
            models.Index(
                fields=["user"],
                condition=Q(read_at__isnull=True),
                name="ecp_alert_unread",
            ),
            models.Index(
                fields=["user", "-mailed_at"],
                condition=Q(mailed_at__isnull=False),
                name="ecp_alert_mailed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.cause}"

    @property
    def mailbox(self) -> Mailbox:
        """Where it happened."""
        about = self.conversation or self.draft
        if about is None:
            raise ValueError("an alert of nothing")
        return about.mailbox

    @property
    def words(self) -> str:
        """What happened, for people; needs message, draft, conversation, mailbox."""
        kind = Alert.Kind(self.kind)
        pattern = _WORDS[kind, bool(self.by_name), bool(self.message_id)]
        sender = self.message.sender_name if self.message else ""
        address = self.message.sender_address if self.message else ""
        return str(pattern) % {
            "mailbox": self.mailbox.name,
            "trouble": self.draft.trouble if self.draft else "",
            "by": self.by_name,
            "sender": sender or address or gettext("unknown sender"),
        }


#: By kind, whether a colleague did it, and whether it is a message.
_WORDS = {
    (Alert.Kind.ASSIGNED, True, False): _("%(mailbox)s: assigned to you by %(by)s"),
    (Alert.Kind.ASSIGNED, False, False): _("%(mailbox)s: assigned to you"),
    (Alert.Kind.NEW_MAIL, False, True): _("%(mailbox)s: new mail from %(sender)s"),
    (Alert.Kind.MENTIONED, True, False): _("%(mailbox)s: %(by)s mentioned you"),
    (Alert.Kind.FOLLOWED, True, False): _("%(mailbox)s: %(by)s wrote a note"),
    (Alert.Kind.FOLLOWED, True, True): _("%(mailbox)s: %(by)s replied"),
    (Alert.Kind.FOLLOWED, False, True): _("%(mailbox)s: reply from %(sender)s"),
    (Alert.Kind.STAYED, False, False): _("%(mailbox)s: not sent. %(trouble)s"),
}
