"""Searches that members keep."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    """Reads of saved searches."""

    def visible_to(self, user: "User | Any") -> "SavedSearchQuerySet":
        """One's own and what colleagues share; what they find is another question."""
        return self.filter(Q(user=user.pk) | Q(is_shared=True))


class SavedSearch(models.Model):
    """Rules under a name: type, operator and values, all of which must hold."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    user_name = models.CharField(max_length=255, blank=True)
    name = models.CharField(_("name"), max_length=100)
    is_shared = models.BooleanField(_("shared with all members"), default=False)
    # [{"type": "subject", "operator": "contains", "values": ["parcel"]}, …]
    rules = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ("name", "pk")
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        indexes: ClassVar = [
            models.Index(
                fields=["name"],
                condition=Q(is_shared=True),
                name="ecp_saved_search_shared",
            )
        ]

    def __str__(self) -> str:
        return self.name
