"""Writes to the account: its options, its level, its owner."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from wagtail_ecp import signals
from wagtail_ecp.accounts import installation, letters, members, options, owner_watch
from wagtail_ecp.accounts.levels import Level
from wagtail_ecp.accounts.models import THE_ONE, Account
from wagtail_ecp.journal.actions import display_name, record
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)

#: What Wagtail's audit log calls them; registered in ``wagtail_hooks``. That log says
#: that something changed; from what to what is in the journal, for the owner.
OPTIONS_CHANGED = "wagtail_ecp.options_changed"
OWNER_CHANGED = "wagtail_ecp.owner_changed"


class Change(NamedTuple):
    """What a person saw, and what they want instead."""

    was: Any
    now: Any


class StaleError(ValidationError):
    """Somebody changed the same option meanwhile; its dictionary says which, to what."""


@transaction.atomic
def change_options(changes: Mapping[str, Change], *, by: "User") -> Account:
    """Change these of ``options.NAMES`` and nothing else, and return the account.

    PermissionDenied unless ``by`` is the owner now. StaleError, and nothing is
    changed, where an option is no longer what ``by`` saw; ValidationError for a value
    that makes no sense. Both have messages by option.
    """
    account = _locked_for(by)
    _write(account, check_options(account, changes), by=by)
    return account


def check_options(account: Account, changes: Mapping[str, Change]) -> dict[str, Any]:
    """Return what is to be written; raise as ``change_options`` does."""
    wanted = {
        name: change.now
        for name, change in changes.items()
        if getattr(account, name, None) != change.now
    }
    stale = {
        name: options.was_changed_to(getattr(account, name))
        for name in wanted
        if name in options.NAMES and getattr(account, name) != changes[name].was
    }
    if stale:
        raise StaleError(stale)
    options.check(account, wanted)
    return wanted


@transaction.atomic
def close(*, by: "User") -> None:
    """Pause all transport and keep everything; PermissionDenied unless ``by`` owns it."""
    account = _locked_for(by)
    if account.closed_at is None:
        _write(
            account,
            {"closed_at": timezone.now()},
            by=by,
            told={"closed": [False, True]},
        )


@transaction.atomic
def reopen(*, by: "User") -> None:
    """Let mail move again; PermissionDenied unless ``by`` is the owner."""
    account = _locked_for(by)
    if account.closed_at is not None:
        _write(account, {"closed_at": None}, by=by, told={"closed": [True, False]})


@transaction.atomic
def change_level(level: Level, *, by: "User | None") -> None:
    """Let ``level`` hold from now on; ``by`` None: the billing provider says so."""
    account = _locked_for(by) if by else Account.objects.select_for_update().get()
    if account.service_level != level.key:
        _write(account, {"service_level": level.key}, by=by)


@transaction.atomic
def transfer(*, to: "User", by: "User", password: str | None) -> None:
    """Make ``to`` the owner in the place of ``by``, whose sessions all end.

    ``password`` is what ``by`` has just proved to know; None where they have none
    here. PermissionDenied if ``by`` is no longer the owner, ValidationError if ``to``
    can't be. Both are told by e-mail.
    """
    account = _locked_for(by)
    users = get_user_model()._default_manager.select_for_update()
    people = {user.pk: user for user in users.filter(pk__in=[to.pk, by.pk])}
    if by.pk == to.pk:
        raise ValidationError(_("You own the account already."))
    if to.pk not in people or not members.may_own(people[to.pk]):
        raise ValidationError(members.MAY_NOT_OWN)
    _require_own_address(people[to.pk])
    _end_sessions(people[by.pk], password)
    _hand_over(account, to=people[to.pk], before=people[by.pk], by=by)


@transaction.atomic
def set_owner(user: "User", *, name: str = "") -> Account:
    """Make ``user`` the account's owner, and the account if there is none yet.

    For whoever holds a shell; nobody's permission is asked. ValidationError if the
    person could not use it.
    """
    if not members.may_enter(user):
        raise ValidationError(
            _("The owner must be an active user who may enter the Wagtail admin.")
        )
    _require_own_address(user)
    account = Account.objects.select_for_update().first()
    if account is None:
        return create(owner=user, name=name or _("E-mail centre"))
    if account.owner_id != user.pk:
        _hand_over(account, to=user, before=account.owner, by=None)
    return account


@transaction.atomic
def create(*, owner: "User", name: str, **columns: Any) -> Account:
    """Make the account; IntegrityError if there is one."""
    account = Account(
        pk=THE_ONE,
        name=name,
        owner=owner,
        owner_state=owner_watch.state_of(owner),
        installation=installation.check(),
        **columns,
    )
    account.save(force_insert=True)
    record(Action.Kind.OWNER_CHANGED, data={"owner": ["", display_name(owner)]})
    log(account, OWNER_CHANGED)
    return account


def _locked_for(by: "User") -> Account:
    """Return the account under a lock, and be sure that ``by`` still owns it."""
    account = Account.objects.select_for_update().first()
    if account is None or not by.is_active or not account.is_owned_by(by):
        raise PermissionDenied(_("The account is no longer yours; nothing changed."))
    return account


def _write(
    account: Account,
    columns: Mapping[str, Any],
    *,
    by: "User | None",
    told: Mapping[str, Any] | None = None,
) -> None:
    if not columns:
        return
    before = {name: getattr(account, name) for name in columns}
    for name, value in columns.items():
        setattr(account, name, value)
    account.save(update_fields=list(columns))
    changes = told or {name: [before[name], columns[name]] for name in columns}
    record(Action.Kind.SETTING_CHANGED, by=by, data={"changes": changes})
    log(account, OPTIONS_CHANGED, user=by)
    announce = partial(
        signals.options_changed.send,
        Account,
        account=account,
        names=list(columns),
        by=by,
    )
    transaction.on_commit(announce)


def _hand_over(
    account: Account, *, to: "User", before: "User", by: "User | None"
) -> None:
    account.owner, account.owner_state = to, owner_watch.state_of(to)
    account.save(update_fields=["owner", "owner_state"])
    names = [display_name(before), display_name(to)]
    record(Action.Kind.OWNER_CHANGED, by=by, data={"owner": names})
    log(account, OWNER_CHANGED, user=by)
    logger.warning("account owner changed from %s to %s", before.pk, to.pk)
    letters.write_to(
        _reachable(before),
        template="owner_was",
        context={"account": account, "to": to},
    )
    letters.write_to(
        [to], template="owner_is", context={"account": account, "before": before}
    )
    announce = partial(
        signals.owner_changed.send, Account, account=account, before=before, by=by
    )
    transaction.on_commit(announce)


def _reachable(user: "User") -> Sequence["User"]:
    return [user] if user.is_active else []


def _end_sessions(user: "User", password: str | None) -> None:
    """Make every session of ``user`` void, wherever sessions are kept.

    Django compares a digest of the stored password with the one in the session, in
    signed cookies too; the same password with another salt has another digest. Who
    logs in elsewhere has no password here, and gets another unusable one.
    """
    if not user.has_usable_password():
        user.set_unusable_password()
    elif password is not None and user.check_password(password):
        user.set_password(password)
    else:
        raise ValidationError(_("That is not your password."))
    user.save(update_fields=["password"])


def _require_own_address(user: "User") -> None:
    if members.reads_mail_of(user) is not None:
        raise ValidationError(members.ADDRESS_IS_SHARED)
