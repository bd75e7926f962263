"""Who may set the account up: superusers, for as long as there is none."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model

from wagtail_ecp.accounts import members
from wagtail_ecp.setup.models import Setup

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet


def can_set_up(user: "User | Any") -> bool:
    """Whether ``user`` may run the wizard; being administrator isn't enough."""
    return bool(user.is_superuser and members.may_enter(user))


def is_at_it(user: "User | Any", setup: Setup) -> bool:
    """Whether the answers are ``user``'s to give; another one takes over first."""
    return bool(setup.user_id == user.pk)


def who_can_set_up() -> "QuerySet[Any]":
    """Return the active superusers, by name."""
    users = get_user_model()._default_manager.filter(is_active=True, is_superuser=True)
    return users.order_by(users.model.USERNAME_FIELD)
