"""What the wizard does: keep an answer, change hands, and finish, all or nothing."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from wagtail_ecp.accounts import actions as account_actions
from wagtail_ecp.accounts import letters, members
from wagtail_ecp.accounts.models import THE_ONE, Account
from wagtail_ecp.exceptions import EmailCentreError
from wagtail_ecp.inbox.models import (
    GroupMailboxPermission,
    Mailbox,
    OutgoingServer,
    Source,
)
from wagtail_ecp.journal.actions import display_name
from wagtail_ecp.mail.trying import Mark
from wagtail_ecp.setup import answers as asked
from wagtail_ecp.setup import permissions
from wagtail_ecp.setup.models import STEPS, Setup

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ADDED = "wagtail.create"


class AlreadySetUpError(EmailCentreError):
    """There is an account; nobody sets it up again."""


class StepError(ValidationError):
    """An answer holds no longer; ``step`` has to be answered again."""

    def __init__(self, step: str, error: ValidationError) -> None:
        super().__init__(error)
        self.step = step


@transaction.atomic
def start(*, by: "User") -> Setup:
    """Return the unfinished answers: begun by ``by`` unless somebody was quicker."""
    _require_unfinished()
    _require_superuser(by)
    begun = {"user": by, "user_name": display_name(by)}
    setup, _created = Setup.objects.get_or_create(pk=THE_ONE, defaults=begun)
    return setup


@transaction.atomic
def take_over(*, by: "User") -> Setup:
    """Make the answers ``by``'s to give; who gave them so far can't any more."""
    _require_unfinished()
    _require_superuser(by)
    setup = Setup.objects.select_for_update().get(pk=start(by=by).pk)
    setup.user, setup.user_name = by, display_name(by)
    setup.started_at = timezone.now()
    setup.save(update_fields=["user", "user_name", "started_at"])
    return setup


@transaction.atomic
def save(
    step: str,
    answers: Mapping[str, Any],
    *,
    by: "User",
    passwords: Mapping[str, str] | None = None,
    is_finished: bool = True,
) -> Setup:
    """Keep the answers to ``step``; ValidationError by question, and nothing is kept.

    ``passwords`` are those just typed, by side; an empty one keeps what is stored for
    the same place. With ``is_finished=False`` the step is still to be finished.
    """
    setup = _locked(by)
    if not setup.may_open(step):
        raise PermissionDenied(_("Answer the questions before these first."))
    asked.check(step, answers, setup=setup)
    if step == "mailbox":
        setup.passwords = _passwords(setup, answers, passwords or {})
    setup.answers = {**setup.answers, step: dict(answers)}
    others = [name for name in setup.finished if name != step]
    setup.finished = [*others, step] if is_finished else others
    setup.save()
    return setup


@transaction.atomic
def finish_mailbox(*, by: "User", mark: Mark | None) -> None:
    """Note that the mailbox's servers will do, and how full its folder is now.

    Without ``mark`` the first visit to the server decides where to begin.
    """
    setup = _locked(by)
    if "mailbox" not in setup.answers:
        raise PermissionDenied(_("Answer the questions before these first."))
    told = {**setup.answers["mailbox"], "mark": asdict(mark) if mark else None}
    setup.answers = {**setup.answers, "mailbox": told}
    setup.finished = list(dict.fromkeys([*setup.finished, "mailbox"]))
    setup.save(update_fields=["answers", "finished"])


def finish(*, by: "User") -> Mailbox:
    """Make account, mailbox, servers and group at once, and forget the answers.

    StepError names the step that holds no longer; nothing is made then.
    AlreadySetUpError if somebody else has finished meanwhile.
    """
    try:
        return _finish(by)
    except IntegrityError:
        _require_unfinished()
        raise


def forget() -> None:
    """Delete answers, passwords among them, that an account by other ways outdated."""
    Setup.objects.filter(pk__in=Account.objects.values("pk")).delete()


@transaction.atomic
def _finish(by: "User") -> Mailbox:
    setup = _locked(by)
    for step in STEPS:
        if step not in setup.finished:
            missing = ValidationError(_("This step is not finished yet."))
            raise StepError(step, missing)
        try:
            asked.check(step, setup.answers[step], setup=setup)
        except ValidationError as error:
            raise StepError(step, error) from error
    mailbox = _make(setup, by=by)
    setup.delete()
    return mailbox


def _make(setup: Setup, *, by: "User") -> Mailbox:
    told = setup.answers["mailbox"]
    owner = asked.find_user(setup.answers["owner"]["owner"])
    account = account_actions.create(
        owner=owner,
        name=setup.answers["account"]["name"],
        time_zone=setup.answers["account"]["time_zone"],
        receives_only=bool(told.get("receives_only")),
    )
    mailbox = asked.mailbox(told)
    mailbox.account = account
    mailbox.outgoing_server = _outgoing(setup)
    mailbox.full_clean()
    mailbox.save()
    log(mailbox, ADDED, user=by)
    _add_source(setup, mailbox, by=by)
    _add_group(mailbox, setup.answers["colleagues"], owner=owner, by=by)
    if members.reads_mail_of(owner) is not None:
        raise StepError("owner", ValidationError({"owner": members.ADDRESS_IS_SHARED}))
    if owner.pk != by.pk:
        letters.write_to(
            [owner],
            template="account_is_set_up",
            context={"account": account, "mailbox": mailbox, "by": display_name(by)},
        )
    return mailbox


def _outgoing(setup: Setup) -> OutgoingServer | None:
    """Return the server that takes the answers: one like it that is there, or new."""
    told = setup.answers["mailbox"]
    if not told.get("outgoing"):
        return None
    wanted = asked.server("outgoing", told)
    password = _password(setup, "outgoing")
    columns = {column: getattr(wanted, column) for column in asked.COLUMNS}
    for known in OutgoingServer.objects.filter(**columns):
        if known.password == password:
            return known
    wanted.password = password
    wanted.save()
    assert isinstance(wanted, OutgoingServer)  # noqa: S101 - says so to mypy.
    return wanted


def _add_source(setup: Setup, mailbox: Mailbox, *, by: "User") -> None:
    told = setup.answers["mailbox"]
    if told.get("incoming"):
        source = asked.server("incoming", told)
        assert isinstance(source, Source)  # noqa: S101 - says so to mypy.
        source.mailbox = mailbox
        source.password = _password(setup, "incoming")
        if told.get("mark"):
            _begin_at(source, Mark(**told["mark"]))
        source.save()
        log(source, ADDED, user=by)


def _begin_at(source: Source, mark: Mark) -> None:
    """Let what came after the test be new: the first mail that one sends to try it."""
    source.uidvalidity = mark.uidvalidity
    source.history_uid = mark.newest
    source.last_uid = {
        Source.Start.NOW.value: mark.newest,
        Source.Start.MONTH.value: mark.month,
        Source.Start.EVERYTHING.value: 0,
    }[source.start]


def _add_group(
    mailbox: Mailbox, told: Mapping[str, Any], *, owner: "User", by: "User"
) -> None:
    group = Group.objects.create(name=_free_name(mailbox))
    app_label, codename = members.ENTER.split(".")
    enter = Permission.objects.get(content_type__app_label=app_label, codename=codename)
    group.permissions.add(enter)
    GroupMailboxPermission.objects.create(
        group=group, mailbox=mailbox, permission=told["right"]
    )
    for user in [owner, *asked.people(told)]:
        user.groups.add(group)
    log(group, ADDED, user=by)


def _free_name(mailbox: Mailbox) -> str:
    names = (mailbox.name, mailbox.address, f"{mailbox.address} {mailbox.pk}")
    taken = set(Group.objects.filter(name__in=names).values_list("name", flat=True))
    fit = (name for name in names if name not in taken)
    return next(fit)[: Group._meta.get_field("name").max_length]


def _passwords(
    setup: Setup, answers: Mapping[str, Any], typed: Mapping[str, str]
) -> dict[str, tuple[list[Any], str]]:
    """Return the passwords that there are from now on; none goes to another place."""
    known, kept, wrong = setup.passwords, {}, {}
    for side in asked.SIDES:
        if not (answers.get(side) and answers.get(f"{side}_username")):
            continue
        place = asked.place(side, answers)
        if typed.get(side):
            kept[side] = (place, typed[side])
        elif side in known and known[side][0] == place:
            kept[side] = known[side]
        elif side in known:
            wrong[f"{side}_password"] = _(
                "Type the password again: it would go to another place than before."
            )
        else:
            wrong[f"{side}_password"] = _("Type the password of this user name.")
    if wrong:
        raise ValidationError(wrong)
    return kept


def _password(setup: Setup, side: str) -> str:
    _place, password = setup.passwords.get(side, ([], ""))
    return password


def _locked(by: "User") -> Setup:
    """Return the answers under a lock, and be sure that ``by`` gives them."""
    _require_superuser(by)
    setup = Setup.objects.select_for_update().first()
    _require_unfinished()
    if setup is None:
        raise PermissionDenied(_("Begin with the first step."))
    if not permissions.is_at_it(by, setup):
        raise PermissionDenied(
            _("%(name)s has taken over setting up.") % {"name": setup.user_name}
        )
    return setup


def _require_unfinished() -> None:
    if Account.objects.exists():
        raise AlreadySetUpError(_("The e-mail centre has been set up already."))


def _require_superuser(by: "User") -> None:
    if not permissions.can_set_up(by):
        raise PermissionDenied(_("Only a superuser can set up the e-mail centre."))
