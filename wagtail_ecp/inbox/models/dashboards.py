"""What a dashboard is made of, and who has ours open: rows of their own."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class DashboardPanelQuerySet(models.QuerySet["DashboardPanel"]):
    """Reads of chosen panels."""

    def of(self, user: "User | Any | None") -> "DashboardPanelQuerySet":
        """Return a user's own panels in order; of None: what administrators chose."""
        owned = Q(user=user.pk) if user else Q(user=None)
        return self.filter(owned).order_by("position", "slot")

    def for_page_of(self, user: "User | Any") -> "DashboardPanelQuerySet":
        """Return a user's own panels and those for whoever has none, in order."""
        return self.filter(Q(user=user.pk) | Q(user=None)).order_by("position", "slot")


class DashboardPanel(models.Model):
    """A panel that a user has chosen, or administrators for whoever has chosen none.

    What has no rows shows the panels that everybody has at first.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    # Names the panel within its dashboard, also after it was copied or moved.
    slot = models.PositiveSmallIntegerField()
    # As the panel's class has it; that of an app may be gone when it is shown.
    key = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField()
    settings = models.JSONField(default=dict, blank=True)

    objects = DashboardPanelQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "slot"], name="ecp_one_panel_a_slot"
            ),
            models.UniqueConstraint(
                fields=["slot"],
                condition=Q(user__isnull=True),
                name="ecp_one_panel_a_slot_for_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.position}: {self.key}"


#: Who was not heard of for so long is not online any more; pages tell every 30 s,
#: and are written down once a minute.
OFFLINE_AFTER = timedelta(minutes=2)


class LastSeenQuerySet(models.QuerySet["LastSeen"]):
    """Reads of who is online."""

    def online(self) -> "LastSeenQuerySet":
        """Whoever may enter and was heard of just now."""
        return self.filter(seen_at__gt=Now() - OFFLINE_AFTER, user__is_active=True)


class LastSeen(models.Model):
    """When a user had a page of the e-mail centre open last, and since when."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    since = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = LastSeenQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["seen_at"], name="ecp_last_seen")]

    def __str__(self) -> str:
        return f"{self.user_id}"


class Announcement(models.Model):
    """An entry of the feed in which the site tells its members something."""

    # A hash of what the feed calls it.
    key = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=255)
    text = models.TextField(blank=True)
    url = models.URLField(max_length=2000, blank=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ("-at", "-pk")
        indexes: ClassVar = [models.Index(fields=["-at"], name="ecp_announcement")]

    def __str__(self) -> str:
        return self.title


class UpdateRead(models.Model):
    """A user has read an announcement or a release note."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    # The announcement's own, or a release's, such as "release 1.0".
    key = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="ecp_update_read_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"
