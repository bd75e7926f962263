"""Shared addresses, who may do what with them, and how full they are."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.accounts.models import THE_ONE, Account
from wagtail_ecp.mail.addresses import address_key, delivery_keys

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class Folder(models.TextChoices):
    """Where a conversation lies."""

    INBOX = "inbox", _("Inbox")
    ARCHIVE = "archive", _("Archive")
    SPAM = "spam", _("Spam")
    TRASH = "trash", _("Trash")


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    """Reads of mailboxes."""

    def active(self) -> "MailboxQuerySet":
        """Mailboxes that take part in sending and receiving."""
        return self.filter(is_active=True)

    def open_to(self, user: "User | Any", *permissions: str) -> "MailboxQuerySet":
        """Mailboxes on which ``user`` has one of these rights, by groups alone.

        With no permission named, any right will do. Superusers are no exception.
        """
        if not user.is_active:
            return self.none()
        rights = GroupMailboxPermission.objects.filter(group__user=user)
        if permissions:
            rights = rights.filter(permission__in=permissions)
        return self.filter(pk__in=rights.values("mailbox"))

    def visible_to(self, user: "User | Any") -> "MailboxQuerySet":
        """Mailboxes whose mail ``user`` may read; every right includes reading."""
        return self.open_to(user)

    def with_address(self, address: str) -> "Mailbox | None":
        """Return the active mailbox that takes mail for ``address``."""
        keys = delivery_keys(address)
        found = {
            box.address_key: box for box in self.active().filter(address_key__in=keys)
        }
        return next((found[key] for key in keys if key in found), None)


class Mailbox(models.Model):
    """An address that a team answers together.

    It is deactivated before it is moved, exported or purged; deleting one that holds
    mail is refused by the database.
    """

    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        default=THE_ONE,
        related_name="mailboxes",
        editable=False,
    )
    name = models.CharField(_("name"), max_length=255)
    address = models.EmailField(_("address"), max_length=320)
    address_key = models.CharField(max_length=320, unique=True, editable=False)
    from_name = models.CharField(
        _("sender name"),
        max_length=255,
        blank=True,
        help_text=_("What people see beside the address; empty: the mailbox's name."),
    )
    signature = models.TextField(
        _("signature"),
        blank=True,
        max_length=2000,
        help_text=_("Below the answers of members who have none of their own."),
    )
    outgoing_server = models.ForeignKey(
        "wagtail_ecp.OutgoingServer",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mailboxes",
        verbose_name=_("outgoing server"),
        help_text=_("Empty: the site's own e-mail settings are used."),
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("An inactive mailbox neither sends nor receives; its mail stays."),
    )
    # A worker deletes it with its mail; the sweep remembers what the queue forgets.
    purge_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ("name", "pk")
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>"

    def clean(self) -> None:
        """Derive the form of the address that is compared."""
        self.address_key = address_key(self.address)

    @property
    def sender_name(self) -> str:
        """The name that correspondents see."""
        return self.from_name or self.name


class GroupMailboxPermission(models.Model):
    """A right of a group on a mailbox; nothing else lets anyone read its mail."""

    class Permission(models.TextChoices):
        """Each includes reading."""

        READ = "read", _("read")
        REPLY = "reply", _("reply")
        MANAGE = "manage", _("manage")

    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, related_name="mailbox_permissions"
    )
    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.CASCADE, related_name="group_permissions"
    )
    permission = models.CharField(max_length=8, choices=Permission)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["group", "mailbox", "permission"], name="ecp_one_right_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.permission} {self.mailbox}"


#: Where conversations of the inbox are counted while they sleep.
SNOOZED = "snoozed"


class FolderCounter(models.Model):
    """How many conversations a folder holds; kept in the transaction that moves them.

    What sleeps is counted by itself, as the inbox does not show it. The version goes up
    with every change to one of them, so that who has seen it need not look again.
    """

    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.CASCADE, related_name="counters"
    )
    folder = models.CharField(
        max_length=8, choices=[*Folder.choices, (SNOOZED, _("Snoozed"))]
    )
    conversations = models.BigIntegerField(default=0)
    unread = models.BigIntegerField(default=0)
    # Of the inbox: how many nobody answers for.
    unassigned = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mailbox", "folder"], name="ecp_one_counter_a_folder"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mailbox_id} {self.folder}: {self.unread}/{self.conversations}"


class AssigneeCounter(models.Model):
    """How many conversations of a mailbox's inbox a member answers for."""

    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.CASCADE, related_name="assignee_counters"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    conversations = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "mailbox"], name="ecp_one_counter_an_assignee"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mailbox_id} {self.user_id}: {self.conversations}"
