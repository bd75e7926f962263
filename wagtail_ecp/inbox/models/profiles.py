"""How each member wants to work."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.inbox.models.mailboxes import Folder, Mailbox

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SIGNATURE_LENGTH = 2000
UNDO_SECONDS = [(seconds, str(seconds)) for seconds in (0, 5, 10, 20, 30)]


class MemberProfileQuerySet(models.QuerySet["MemberProfile"]):
    """Reads of profiles."""

    def of(self, user: "User | Any") -> "MemberProfile":
        """Return the user's profile, or unsaved defaults before it is first changed."""
        return self.filter(user=user.pk).first() or MemberProfile(user_id=user.pk)


class Then(models.TextChoices):
    """Where a member wants to be when a conversation is done with."""

    NEXT = "next", _("the next conversation")
    LIST = "list", _("the list")
    STAY = "stay", _("the same conversation")


class MemberProfile(models.Model):
    """One member's own preferences; there is a row once something was changed."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    signature = models.TextField(
        _("signature"), blank=True, validators=[MaxLengthValidator(SIGNATURE_LENGTH)]
    )
    default_mailbox = models.ForeignKey(
        Mailbox,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("default mailbox"),
    )
    starting_tab = models.CharField(
        _("starting tab"), max_length=8, choices=Folder, default=Folder.INBOX
    )
    archive_on_reply = models.BooleanField(_("archive on reply"), default=False)
    then_shows = models.CharField(
        _("after sending, archiving or assigning show"),
        max_length=4,
        choices=Then,
        default=Then.NEXT,
    )
    undo_seconds = models.PositiveSmallIntegerField(
        _("seconds to undo sending"), choices=UNDO_SECONDS, default=10
    )
    writes_plain = models.BooleanField(_("write plain text"), default=False)
    newest_first = models.BooleanField(_("newest message first"), default=False)
    has_preview = models.BooleanField(_("preview beside the list"), default=False)
    is_compact = models.BooleanField(_("compact lists"), default=False)
    alert_assigned = models.BooleanField(
        _("a conversation is assigned to me"), default=True
    )
    alert_mentioned = models.BooleanField(_("a note mentions me"), default=True)
    alert_followed = models.BooleanField(
        _("a reply comes in a conversation that I follow"), default=True
    )
    alerts_by_mail = models.BooleanField(_("tell me by e-mail as well"), default=True)
    alert_mailboxes = models.ManyToManyField(
        Mailbox, blank=True, related_name="+", verbose_name=_("new mail arrives in")
    )
    # Nobody is told of what came before they wished to be told.
    alerts_since = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MemberProfileQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(starting_tab__in=Folder.values),
                name="ecp_starting_tab_is_a_folder",
            )
        ]

    def __str__(self) -> str:
        return f"profile of {self.user_id}"
