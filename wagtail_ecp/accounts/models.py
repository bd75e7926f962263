"""The account, its one owner and its options; the installation that it runs on."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.accounts import levels

if TYPE_CHECKING:
    from django.contrib.auth.models import User

THE_ONE = 1  # Primary key of a table that holds at most one row.


def one_row_only(name: str) -> models.CheckConstraint:
    """Return a constraint that lets a table hold no row but the first."""
    return models.CheckConstraint(condition=models.Q(id=THE_ONE), name=name)


class Installation(models.Model):
    """What the database knows of the installation that it belongs to.

    ``installation.py`` compares it with what is kept outside the database; a
    difference means that this is a copy or a restored database.
    """

    class Pause(models.TextChoices):
        """Why no mail moves."""

        OTHER_SITE = "other-site", _("the site has another address than before")
        OTHER_FILES = "other-files", _("the files belong to another installation")
        OLDER_DATABASE = "older-database", _("the database is older than the files")
        IS_A_COPY = "is-a-copy", _("an administrator said that this is a copy")

    id = models.PositiveSmallIntegerField(
        primary_key=True, default=THE_ONE, editable=False
    )
    identifier = models.CharField(max_length=64)
    site_address = models.CharField(max_length=255)
    # Counted up in the database and then in the file, so the file never runs ahead
    # of the database that it belongs to.
    beat = models.PositiveBigIntegerField(default=0)
    beat_at = models.DateTimeField(null=True, blank=True)
    pause = models.CharField(max_length=16, choices=Pause, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [one_row_only("ecp_one_installation")]

    def __str__(self) -> str:
        return self.site_address


class AccountQuerySet(models.QuerySet["Account"]):
    """Reads of the account."""

    def current(self) -> "Account":
        """Return the account, or its unsaved defaults before there is one."""
        return self.first() or Account()


class Account(models.Model):
    """One team's e-mail centre, held by exactly one owner."""

    id = models.PositiveSmallIntegerField(
        primary_key=True, default=THE_ONE, editable=False
    )
    name = models.CharField(_("account name"), max_length=255)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    installation = models.OneToOneField(
        Installation, on_delete=models.PROTECT, default=THE_ONE, related_name="account"
    )
    # What is known of the owner's log-in: see owner_watch.
    owner_state = models.JSONField(default=dict, editable=False)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/Los_Angeles"
    )
    use_ssl = models.BooleanField(
        _("Use SSL for all e-mail transmissions"), default=True
    )
    # A trial beside a running mailbox: mail comes in, and nothing goes out.
    receives_only = models.BooleanField(_("Receive only: send nothing"), default=False)
    maintain_assignments = models.BooleanField(default=False)
    dashboards_by_administrators_only = models.BooleanField(
        _("Only allow Administrators to customize their Dashboards"), default=False
    )
    rss_enabled = models.BooleanField(_("Enable RSS"), default=False)
    # Third-party readers keep what they have read.
    rss_full_bodies = models.BooleanField(
        _("Allow full messages in feeds"), default=False
    )
    api_enabled = models.BooleanField(default=False)
    spam_threshold = models.PositiveSmallIntegerField(
        default=70, validators=[MaxValueValidator(100)]
    )
    junk_retention_days = models.PositiveSmallIntegerField(default=30)
    service_level = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        permissions: ClassVar = [
            ("administer_ecp", _("Can administer the e-mail centre"))
        ]
        constraints: ClassVar = [
            one_row_only("ecp_one_account"),
            models.CheckConstraint(
                condition=models.Q(spam_threshold__lte=100),
                name="ecp_spam_threshold_0_to_100",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def exists(self) -> bool:
        """Whether somebody has set up the account yet."""
        return not self._state.adding

    @property
    def level(self) -> levels.Level:
        """The service level, as the site's settings describe it."""
        return levels.find(self.service_level)

    def allows(self, feature: str) -> bool:
        """Whether the service level allows one of ``levels.FEATURES``."""
        return feature in self.level.allows

    def limit(self, name: str) -> int | None:
        """How many of one of ``levels.LIMITS`` the service level allows; None: any."""
        return self.level.limits.get(name)

    @property
    def requires_ssl(self) -> bool:
        """Whether mail may only travel encrypted, to a host whose certificate holds."""
        return self.use_ssl and self.allows("ssl")

    @property
    def serves_feeds(self) -> bool:
        """Whether members may read their feeds: the owner and the service level let them."""
        return self.rss_enabled and self.allows("rss")

    def is_owned_by(self, user: "User | Any") -> bool:
        """Whether ``user`` is the owner; being superuser doesn't count."""
        return self.exists and user.is_authenticated and user.pk == self.owner_id


class LetterQuerySet(models.QuerySet["Letter"]):
    """Reads of letters."""

    def due(self) -> "LetterQuerySet":
        """Letters that may be sent now."""
        return self.filter(state=Letter.State.QUEUED, next_try_at__lte=timezone.now())


class Letter(models.Model):
    """A mail from the e-mail centre to one of its own people; see ``letters``."""

    class State(models.TextChoices):
        """How far it has got."""

        QUEUED = "queued", _("waiting to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    address = models.CharField(max_length=320)
    subject = models.CharField(max_length=255)
    text = models.TextField()
    html = models.TextField()
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(state="queued"),
                name="ecp_letter_work",
            )
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.subject}"
