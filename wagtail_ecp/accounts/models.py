"""The account, its one owner and its options; the installation that it runs on."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

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
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/Los_Angeles"
    )
    use_ssl = models.BooleanField(default=True)
    maintain_assignments = models.BooleanField(default=False)
    dashboards_by_administrators_only = models.BooleanField(default=False)
    rss_enabled = models.BooleanField(default=False)
    rss_full_bodies = models.BooleanField(default=False)
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

    def is_owned_by(self, user: "User | Any") -> bool:
        """Whether ``user`` is the owner; being superuser doesn't count."""
        return self.exists and user.is_authenticated and user.pk == self.owner_id
