"""What nobody but the owner changes of the owner, and what not even they may do.

Decisions only; the doors ask before a change. Whoever holds a shell or the database is
not asked, and health tells what they did.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext as _

from wagtail_ecp.accounts import members
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.journal.actions import display_name, record
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.addresses import address_key, delivery_keys

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

#: Of the owner's user, and make it active again. Their password, address, log-in name
#: and whatever else a site keeps there are their own.
OTHERS_MAY_CHANGE = frozenset({"first_name", "last_name", "groups", "is_superuser"})


def owner() -> "User | Any":
    """Return the owner, None before there is an account."""
    account = Account.objects.select_related("owner").first()
    return account.owner if account else None


def is_the_owner(user: "User | Any") -> bool:
    """Whether ``user`` is the owner, active or not."""
    return Account.objects.current().is_owned_by(user)


def is_among(users: "Iterable[User | Any]") -> bool:
    """Whether the owner is one of ``users``."""
    account = Account.objects.current()
    return any(account.is_owned_by(user) for user in users)


def why_not_change(
    user: "User | Any",
    *,
    by: "User | Any",
    changed: Mapping[str, str],
    after: Mapping[str, Any],
) -> str:
    """Return why ``by`` may not save this to the owner; "" if they may.

    ``changed`` has the labels of the form's changed fields, ``after`` its cleaned data.
    """
    if by.pk != user.pk:
        own = [label for name, label in changed.items() if not _is_open(name, after)]
        if own:
            return only_the_owner(user, what=", ".join(own))
    if loses_access(user, after):
        return would_lose_access(user)
    address = user.get_email_field_name()
    if address in changed and members.mailbox_taking(after.get(address, "")):
        return address_is_shared()
    return ""


def why_not_touch(user: "User | Any", *, by: "User | Any") -> str:
    """Return why ``by`` may not do something to the owner that nobody can look into."""
    return "" if by.pk == user.pk else only_the_owner(user, what=_("their user"))


def only_the_owner(user: "User | Any", *, what: str) -> str:
    """Say that something of the owner's is theirs alone."""
    return _(
        "%(name)s owns the e-mail centre, so nobody else may change this: %(what)s."
    ) % {"name": display_name(user), "what": what}


def may_not_be_deleted(user: "User | Any") -> str:
    """Say that the owner stays."""
    return _(
        "%(name)s owns the e-mail centre and can't be deleted or deactivated. They can"
        " hand the account over first, in Billing."
    ) % {"name": display_name(user)}


def would_lose_access(user: "User | Any") -> str:
    """Say that a change would lock the owner out."""
    return _(
        "%(name)s owns the e-mail centre and could no longer enter the admin. Give them"
        " another group with access to the admin first."
    ) % {"name": display_name(user)}


def address_is_shared() -> str:
    """Say why the owner's address can't be a mailbox's."""
    return _(
        "Mail to this address arrives in a mailbox of the team, whose members would"
        " read the owner's password reset. Choose another one."
    )


def owners_address_is_shared() -> str:
    """Say why a mailbox can't have an address."""
    return _(
        "Mail to the account owner's own address would arrive in this mailbox, whose"
        " members would read the owner's password reset. The owner needs another address"
        " first."
    )


def is_read_in(mailbox: Any) -> str:
    """Warn that a person's own address is no secret."""
    return _(
        "Mail to this person's own address arrives in the mailbox “%(mailbox)s”, whose"
        " members would read a password reset. Give them another address."
    ) % {"mailbox": mailbox.name}


def loses_access(user: "User | Any", after: Mapping[str, Any]) -> bool:
    """Whether ``user``, who may enter the admin, no longer could.

    ``after`` has what changes of is_active, is_superuser, groups, user_permissions.
    """
    return members.may_enter(user) and not _has_access(user, after)


def needs_group(group: Group) -> "User | Any":
    """Return the owner if this group alone lets them into the admin, else None."""
    user = owner()
    if user is None or not user.groups.filter(pk=group.pk).exists():
        return None
    others = user.groups.exclude(pk=group.pk)
    return user if loses_access(user, {"groups": others}) else None


def gives_access(permissions: Iterable[Any]) -> bool:
    """Whether one of these Permissions lets people into the admin."""
    given = [permission.pk for permission in permissions]
    return _of_entering().filter(pk__in=given).exists()


def takes_owners_mail(mailbox_address: str) -> bool:
    """Whether an active mailbox with this address would take the owner's own mail."""
    user = owner()
    if user is None:
        return False
    return address_key(mailbox_address) in delivery_keys(members.address_of(user))


def people_in_reach(keys: Collection[str]) -> "list[User | Any]":
    """Return who may enter the admin and whose own mail arrives at one of ``keys``.

    These are the address keys of active mailboxes. The owner is left out; one query.
    """
    people = members.with_permission(members.ENTER)
    people = people.exclude(pk__in=Account.objects.values("owner"))
    found = people.order_by(people.model.USERNAME_FIELD)
    return [
        user
        for user in found
        if not set(delivery_keys(members.address_of(user))).isdisjoint(keys)
    ]


def note_attempt(what: str, *, by: "User | Any") -> None:
    """Write down that ``by`` tried this and was refused."""
    record(Action.Kind.ATTEMPT_REFUSED, by=by, data={"attempt": what})


def _is_open(name: str, after: Mapping[str, Any]) -> bool:
    activates = name == "is_active" and after.get(name)
    return name in OTHERS_MAY_CHANGE or bool(activates)


def _has_access(user: "User | Any", after: Mapping[str, Any]) -> bool:
    def known(name: str) -> Any:
        return after[name] if name in after else getattr(user, name)

    if not known("is_active"):
        return False
    if known("is_superuser"):
        return True
    groups = [group.pk for group in _all(known("groups"))]
    return _of_entering().filter(group__in=groups).exists() or gives_access(
        _all(known("user_permissions"))
    )


def _of_entering() -> "QuerySet[Permission]":
    app_label, codename = members.ENTER.split(".")
    return Permission.objects.filter(
        content_type__app_label=app_label, codename=codename
    )


def _all(related: Any) -> Iterable[Any]:
    found: Iterable[Any] = related.all() if hasattr(related, "all") else related
    return found
