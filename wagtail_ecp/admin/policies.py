"""Wagtail's question "who may?" for what administrators manage."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from wagtail.permission_policies import BasePermissionPolicy

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.accounts.permissions import ADMINISTER, can_administer


class AdministratorsPolicy(BasePermissionPolicy):
    """Administrators do all of ``actions``; nobody does anything else."""

    def __init__(self, model: Any, *, actions: Collection[str]) -> None:
        super().__init__(model)
        self._actions = frozenset(actions)

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether ``user`` administers the e-mail centre and this can be done."""
        return action in self._actions and can_administer(user)

    def users_with_any_permission(self, actions: Collection[str]) -> QuerySet[Any]:
        """Return all administrators, if any of these actions can be done."""
        users = get_user_model()._default_manager.filter(is_active=True)
        if self._actions.isdisjoint(actions):
            return users.none()
        app_label, codename = ADMINISTER.split(".")
        theirs = {"content_type__app_label": app_label, "codename": codename}
        of_groups = Q(**{f"groups__permissions__{key}": theirs[key] for key in theirs})
        own = Q(**{f"user_permissions__{key}": theirs[key] for key in theirs})
        owner = Q(pk__in=Account.objects.values("owner"))
        return users.filter(Q(is_superuser=True) | of_groups | own | owner).distinct()
