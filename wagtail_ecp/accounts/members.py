"""The people of the account: who may own it, and whose address would be a trap."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.accounts.models import Account

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

ENTER = "wagtailadmin.access_admin"
ADMINISTER = "wagtail_ecp.administer_ecp"

MAY_NOT_OWN = _("Only an active member with access to the admin can own the account.")
ADDRESS_IS_SHARED = _(
    "Mail to this person's own address arrives in a mailbox of the team, whose members"
    " would read the password reset. Give them another address first."
)


def may_enter(user: "User | Any") -> bool:
    """Whether ``user`` is active and may enter the Wagtail admin."""
    return bool(user.is_active and user.has_perm(ENTER))


def may_own(user: "User | Any") -> bool:
    """Whether the account can be handed to ``user``."""
    return candidates().filter(pk=user.pk).exists()


def members() -> "QuerySet[Any]":
    """Return the active users whose groups give a right on a mailbox, once each."""
    users = get_user_model()._default_manager.filter(is_active=True)
    return users.filter(groups__mailbox_permissions__isnull=False).distinct()


def with_permission(name: str) -> "QuerySet[Any]":
    """Return the active users who have the permission "app.codename", once each."""
    app_label, codename = name.split(".")
    theirs = {"content_type__app_label": app_label, "codename": codename}
    of_groups = Q(**{f"groups__permissions__{key}": theirs[key] for key in theirs})
    own = Q(**{f"user_permissions__{key}": theirs[key] for key in theirs})
    users = get_user_model()._default_manager.filter(is_active=True)
    return users.filter(Q(is_superuser=True) | of_groups | own).distinct()


def candidates() -> "QuerySet[Any]":
    """Return whom the account can be handed to, by name.

    Active members and administrators who may enter the admin, but for the owner.
    """
    users = get_user_model()._default_manager.filter(pk__in=with_permission(ENTER))
    ours = Q(pk__in=members()) | Q(pk__in=with_permission(ADMINISTER))
    owner = Account.objects.values("owner")
    return users.filter(ours).exclude(pk__in=owner).order_by(users.model.USERNAME_FIELD)


def address_of(user: "User | Any") -> str:
    """Return the person's own address, "" if there is none."""
    return getattr(user, user.get_email_field_name(), "") or ""


def mailbox_taking(address: str) -> Any:
    """Return the active mailbox in which mail to ``address`` arrives."""
    account = Account.objects.current()
    if not (account.exists and address):
        return None
    return account.mailboxes.with_address(address)


def reads_mail_of(user: "User | Any") -> Any:
    """Return the active mailbox in which mail to ``user``'s own address arrives."""
    return mailbox_taking(address_of(user))
