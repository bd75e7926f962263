"""Servers that mail comes from and goes to."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.accounts import keys
from wagtail_ecp.inbox.models.leases import Leased, LeasedQuerySet
from wagtail_ecp.inbox.models.mailboxes import Mailbox


class Server(models.Model):
    """How to reach and enter a mail server."""

    class Security(models.TextChoices):
        """TLS that is chosen holds, or nothing is sent; else what the server offers."""

        TLS = "tls", _("TLS from the start")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("none required (STARTTLS when offered)")

    name = models.CharField(_("name"), max_length=255)
    host = models.CharField(_("host"), max_length=253)
    port = models.PositiveIntegerField(
        _("port"), validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    security = models.CharField(
        _("encryption"), max_length=8, choices=Security, default=Security.TLS
    )
    username = models.CharField(_("user name"), max_length=255, blank=True)
    secret = models.TextField(blank=True, editable=False)  # Encrypted.

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def password(self) -> str:
        """The password in the clear; ConfigurationError if its key is gone."""
        return keys.decrypt(self.secret) if self.secret else ""

    @password.setter
    def password(self, value: str) -> None:
        self.secret = keys.encrypt(value) if value else ""


class OutgoingServer(Server):
    """An SMTP server that takes our answers."""

    class Meta(Server.Meta):
        abstract = False
        default_permissions = ()
        ordering = ("name", "pk")
        verbose_name = _("outgoing server")
        verbose_name_plural = _("outgoing servers")


class Source(Server, Leased):
    """A place that we fetch a mailbox's mail from, and how far we have got."""

    class Start(models.TextChoices):
        """What to do with the mail that is there before us."""

        NOW = "now", _("only mail that comes from now on")
        MONTH = "30-days", _("the last 30 days")
        EVERYTHING = "everything", _("everything")

    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.CASCADE, related_name="sources"
    )
    kind = models.CharField(_("kind"), max_length=32, default="imap")
    folder = models.CharField(_("folder"), max_length=255, default="INBOX")
    start = models.CharField(
        _("start with"), max_length=16, choices=Start, default=Start.NOW
    )
    is_active = models.BooleanField(_("active"), default=True)
    # The cursor: null before the first visit. Never the Seen flag, which others change.
    uidvalidity = models.BigIntegerField(null=True, blank=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    # Mail up to this one was there before us: archived, and nobody is alerted.
    history_uid = models.BigIntegerField(default=0, editable=False)
    last_success_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.TextField(blank=True, editable=False)
    last_error_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = LeasedQuerySet.as_manager()

    class Meta(Server.Meta):
        abstract = False
        default_permissions = ()
        ordering = ("name", "pk")
        verbose_name = _("source")
        verbose_name_plural = _("sources")
