"""Searches that members keep."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.accounts.permissions import can_administer
from wagtail_ecp.inbox.models.mailboxes import Mailbox

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    """Reads of saved searches."""

    def offered_to(self, user: "User | Any") -> "SavedSearchQuerySet":
        """One's own and what is shared, for somebody who is known to be a member."""
        return self.filter(Q(user=user.pk) | Q(is_shared=True))

    def visible_to(self, user: "User | Any") -> "SavedSearchQuerySet":
        """One's own and what members share among each other and with administrators.

        What they find is another question.
        """
        if Mailbox.objects.visible_to(user).exists() or can_administer(user):
            return self.offered_to(user)
        return self.filter(user=user.pk)


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
    changed_at = models.DateTimeField(auto_now=True)

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

    def is_offered_to(self, user: "User | Any") -> bool:
        """Whether ``offered_to`` has it."""
        return self.is_shared or self.user_id == user.pk
