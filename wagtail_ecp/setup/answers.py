"""What each step asks, and what an answer must be; the database is only read.

Answers are JSON. "mailbox" has the columns of two servers, each behind its side:
``incoming_host``, ``outgoing_port`` and so on.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from wagtail_ecp.accounts import members, options
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.models import (
    GroupMailboxPermission,
    Mailbox,
    OutgoingServer,
    Source,
)
from wagtail_ecp.inbox.models.transport import Server
from wagtail_ecp.mail.addresses import address_key

if TYPE_CHECKING:
    from wagtail_ecp.setup.models import Setup

Answers = Mapping[str, Any]

#: The sides of a mailbox that may have a server of their own, and its columns.
SIDES: dict[str, type[Server]] = {"incoming": Source, "outgoing": OutgoingServer}
COLUMNS = ("host", "port", "security", "username")


def check(step: str, answers: Answers, *, setup: "Setup") -> None:
    """Raise ValidationError, with messages by question, for what makes no sense."""
    wrong = {name: words for name, words in RULES[step](answers, setup) if words}
    if wrong:
        raise ValidationError(wrong)


def find_user(number: Any) -> Any:
    """Return the user whose stored number this is, if there still is one."""
    users = get_user_model()._default_manager
    try:
        return users.filter(pk=number).first()
    except (ValueError, ValidationError):
        return None


def place(side: str, answers: Answers) -> list[Any]:
    """Return where a side's password goes; it is for no other place."""
    return [answers.get(f"{side}_{column}") for column in COLUMNS]


def server(side: str, answers: Answers) -> Server:
    """Return a side's server, unsaved and without its password."""
    columns = {column: answers.get(f"{side}_{column}") for column in COLUMNS}
    made = SIDES[side](name=columns["host"] or "", **columns)
    if isinstance(made, Source):
        made.folder = answers.get("incoming_folder") or "INBOX"
        made.start = answers.get("start") or Source.Start.NOW
    return made


def mailbox(answers: Answers) -> Mailbox:
    """Return the mailbox, unsaved, with the form of its address that is compared."""
    made = Mailbox(name=answers.get("name", ""), address=answers.get("address", ""))
    made.clean()
    return made


def people(answers: Answers) -> list[Any]:
    """Return the chosen colleagues who may still enter the admin."""
    found = map(find_user, answers.get("users", ()))
    return [user for user in found if user is not None and members.may_enter(user)]


Wrong = list[tuple[str, Any]]


def _account(answers: Answers, _setup: "Setup") -> Wrong:
    try:
        options.check(Account(), answers)
    except ValidationError as error:
        return list(error.message_dict.items())
    return []


def _owner(answers: Answers, setup: "Setup") -> Wrong:
    user = find_user(answers.get("owner"))
    if user is None or not members.may_enter(user):
        return [
            ("owner", _("The owner must be an active user who may enter the admin."))
        ]
    address = setup.answers.get("mailbox", {}).get("address", "")
    return [("owner", _shared(user, address))]


def _mailbox(answers: Answers, setup: "Setup") -> Wrong:
    wrong = _columns(mailbox(answers), "name", "address")
    owner = find_user(setup.answers.get("owner", {}).get("owner"))
    if owner is not None:
        wrong.append(("address", _shared(owner, answers.get("address", ""))))
    for side in SIDES:
        if answers.get(side):
            wrong += _server(side, answers)
    return wrong


def _server(side: str, answers: Answers) -> Wrong:
    made = server(side, answers)
    others = ("folder", "start") if isinstance(made, Source) else ()
    wrong = [
        (name if name == "start" else f"{side}_{name}", words)
        for name, words in _columns(made, *COLUMNS, *others)
    ]
    if isinstance(made, Source) and not made.username:
        wrong.append(("incoming_username", _("An IMAP server wants to know who asks.")))
    if made.security == Server.Security.NONE and Account.objects.current().requires_ssl:
        wrong.append((f"{side}_security", _("Mail has to travel encrypted here.")))
    return wrong


def _colleagues(answers: Answers, _setup: "Setup") -> Wrong:
    wrong: Wrong = []
    if answers.get("right") not in GroupMailboxPermission.Permission.values:
        wrong.append(("right", _("Say what they may do.")))
    found, asked = people(answers), answers.get("users", ())
    if len(found) != len(asked):
        wrong.append(("users", _("Choose among the people who may enter the admin.")))
    account = Account.objects.current()
    most = account.limit("members")
    if most is not None and len(found) + 1 > most:
        wrong.append(("users", _too_many(account, most)))
    return wrong


def _too_many(account: Account, most: int) -> str:
    return _(
        "The service level “%(level)s” has room for %(most)s members, the owner included."
    ) % {"level": account.level.label, "most": most}


def _columns(row: models.Model, *names: str) -> Wrong:
    others = {field.name for field in row._meta.fields} - set(names)
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        return list(error.message_dict.items())
    return []


def _shared(owner: Any, address: str) -> Any:
    """Say why mail to the owner must not arrive in a mailbox, if it would."""
    own = address_key(getattr(owner, owner.get_email_field_name(), ""))
    local_part, _at, domain = own.rpartition("@")
    ways = {own, f"{local_part.partition('+')[0]}@{domain}"}
    is_shared = bool(own and address) and address_key(address) in ways
    return members.ADDRESS_IS_SHARED if is_shared else ""


RULES: dict[str, Callable[[Answers, "Setup"], Wrong]] = {
    "account": _account,
    "owner": _owner,
    "mailbox": _mailbox,
    "colleagues": _colleagues,
}
