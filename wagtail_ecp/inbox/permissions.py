"""Who may do what with mail: rights that groups have on mailboxes, nothing else."""

from typing import TYPE_CHECKING, Any

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.accounts.permissions import can_administer
from wagtail_ecp.inbox.models import (
    Conversation,
    GroupMailboxPermission,
    Mailbox,
    SavedSearch,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

    from wagtail_ecp.inbox.models.mailboxes import MailboxQuerySet

Permission = GroupMailboxPermission.Permission


def can_read(user: "User | Any", mailbox: Mailbox) -> bool:
    """Whether ``user`` may read what lies in ``mailbox``."""
    return Mailbox.objects.visible_to(user).filter(pk=mailbox.pk).exists()


def can_reply(user: "User | Any", mailbox: Mailbox) -> bool:
    """Whether ``user`` may answer, assign, file and arrange mail of ``mailbox``."""
    return answered_by(user).filter(pk=mailbox.pk).exists()


def answered_by(user: "User | Any") -> "MailboxQuerySet":
    """Return the mailboxes in which ``user`` may answer, assign, file and arrange."""
    return Mailbox.objects.open_to(user, Permission.REPLY, Permission.MANAGE)


def can_reply_somewhere(user: "User | Any") -> bool:
    """Whether ``user`` may answer mail of any mailbox."""
    return Mailbox.objects.open_to(user, Permission.REPLY, Permission.MANAGE).exists()


def possible_assignees(conversation: Conversation) -> "QuerySet[Any]":
    """Return the active users who may answer this conversation, by name."""
    from django.contrib.auth import get_user_model

    users = get_user_model()._default_manager.filter(
        is_active=True,
        groups__mailbox_permissions__mailbox=conversation.mailbox_id,
        groups__mailbox_permissions__permission__in=(
            Permission.REPLY,
            Permission.MANAGE,
        ),
    )
    return users.distinct().order_by(users.model.USERNAME_FIELD)


def possible_readers(mailbox: Mailbox) -> "QuerySet[Any]":
    """Return the active users who may read this mailbox, by name."""
    from django.contrib.auth import get_user_model

    users = get_user_model()._default_manager.filter(
        is_active=True, groups__mailbox_permissions__mailbox=mailbox
    )
    return users.distinct().order_by(users.model.USERNAME_FIELD)


def can_search(user: "User | Any") -> bool:
    """Whether ``user`` has any mail to search in, or manages those who have."""
    return Mailbox.objects.visible_to(user).exists() or can_administer(user)


def can_change_search(user: "User | Any", saved: SavedSearch) -> bool:
    """Whether ``user`` may change or delete a saved search that they see."""
    if saved.user_id == user.pk:
        return True
    return saved.is_shared and can_administer(user)


def can_customise_dashboard(user: "User | Any") -> bool:
    """Whether ``user`` may choose panels; the owner may keep that to administrators."""
    if Account.objects.current().dashboards_by_administrators_only:
        return can_administer(user)
    return bool(user.is_active)
