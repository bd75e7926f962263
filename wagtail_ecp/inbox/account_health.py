"""Whether the account, its owner and its people are as they should be."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from wagtail_ecp.accounts import guard, installation, levels, members, owner_watch
from wagtail_ecp.accounts.models import Account, Letter
from wagtail_ecp.accounts.permissions import is_owner
from wagtail_ecp.exceptions import ConfigurationError
from wagtail_ecp.inbox.findings import NAMED, SAMPLE, Check, Finding, edits_users, some
from wagtail_ecp.inbox.models import Mailbox


def _account(account: Account) -> Iterator[Finding]:
    title = _("Account")
    if not account.exists:
        yield Finding(
            level="error",
            title=title,
            words=_("There is no account yet, so no mail is accepted."),
            url=reverse("wagtail_ecp:start"),
            button=_("Set it up"),
        )
        return
    found = installation.check(account.installation)
    if found.pause:
        found.refresh_from_db()  # The pause may have begun just now.
        yield Finding(
            level="error",
            title=_("All mail is paused"),
            words=_("All transport is paused: %(reason)s.")
            % {"reason": found.get_pause_display()},
            since=found.paused_at,
            url=reverse("wagtail_ecp:pause"),
            button=_("Say which installation this is"),
        )
    if account.closed_at:
        yield Finding(
            level="warning",
            title=title,
            words=_("The account is closed: no mail moves. Its owner can reopen it."),
            since=account.closed_at,
            url=reverse("wagtail_ecp:account_options"),
            button=_("Account Options"),
            may_open=is_owner,
        )
    if account.receives_only:
        yield Finding(
            level="warning",
            title=title,
            words=_("Mail comes in, and nothing is sent: the owner chose a trial."),
            url=reverse("wagtail_ecp:account_options"),
            button=_("Account Options"),
            may_open=is_owner,
        )
    if not (found.pause or account.closed_at or account.receives_only):
        yield Finding(level="ok", title=title, words=_("Mail may come and go."))


def _owner(account: Account) -> Iterator[Finding]:
    if not account.exists:
        return
    user = account.owner
    troubles = list(_owners_troubles(user))
    for words, url in troubles:
        yield Finding(
            level="error",
            title=_("Account owner"),
            words=words,
            url=url,
            button=_("Put it right"),
            may_open=is_owner if url.endswith("/account/") else edits_users,
        )
    if not troubles:
        yield Finding(
            level="ok",
            title=_("Account owner"),
            words=_("Can log in, with an address of their own."),
        )


def _owners_troubles(user: Any) -> Iterator[tuple[str, str]]:
    edit = reverse("wagtailusers_users:edit", args=[user.pk])
    own = reverse("wagtailadmin_account")
    if not user.is_active:
        yield _("The owner's user is not active: nobody can change the options."), edit
    elif not members.may_enter(user):
        yield _("The owner has no group that lets them into the admin."), edit
    address = members.address_of(user)
    mailbox = members.mailbox_taking(address)
    if not address:
        yield _("The owner has no e-mail address, so notices can't reach them."), own
    elif mailbox is not None:
        words = _(
            "Mail to the owner's own address arrives in the mailbox “%(mailbox)s”, whose"
            " members would read the owner's password reset."
        )
        yield words % {"mailbox": mailbox.name}, own


def _touched(account: Account) -> Iterator[Finding]:
    for action in owner_watch.latest()[:NAMED] if account.exists else ():
        yield Finding(
            level="warning",
            title=_("Account owner"),
            words=_(
                "Changed outside of the admin: %(what)s. Ask the owner whether they"
                " know, for instance because they reset their password."
            )
            % {"what": owner_watch.in_words(action)},
            since=action.at,
        )


def _people(_account: Account) -> Iterator[Finding]:
    keys = set(Mailbox.objects.active().values_list("address_key", flat=True))
    people = guard.people_in_reach(keys) if keys else []
    if people:
        yield Finding(
            level="warning",
            title=_("People's own addresses"),
            words=_(
                "Mail to the own address of %(names)s arrives in a mailbox, whose"
                " members would read a password reset. Give them another address."
            )
            % {"names": some([str(user) for user in people])},
            url=reverse("wagtailusers_users:index"),
            button=_("Users"),
            may_open=edits_users,
        )


def _level(account: Account) -> Iterator[Finding]:
    try:
        words = _unknown_level(account)
    except ConfigurationError as error:
        words = str(error)
    if words:
        yield Finding(
            level="error",
            title=_("Service level"),
            words=words,
            url=reverse("wagtail_ecp:billing"),
            button=_("Billing"),
            may_open=is_owner,
        )


def _unknown_level(account: Account) -> str:
    if account.service_level in {"", *levels.levels()}:
        return ""
    return _(
        "The settings no longer name the account's service level “%(level)s”;"
        " “%(instead)s” holds instead."
    ) % {"level": account.service_level, "instead": account.level.label}


def _letters(_account: Account) -> Iterator[Finding]:
    failed = Letter.objects.filter(state=Letter.State.FAILED).order_by("-pk")
    rows = list(failed[:SAMPLE])
    if rows:
        yield Finding(
            level="error",
            title=_("Notices to our own people"),
            words=_("Could not be sent to %(addresses)s.")
            % {"addresses": some(list({row.address: None for row in rows}))},
            since=min(row.created_at for row in rows),
            details=rows[0].error,
        )


CHECKS: tuple[Check, ...] = (_account, _owner, _touched, _people, _level, _letters)
