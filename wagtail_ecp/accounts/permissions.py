"""Who may administer the e-mail centre, and who owns it, which is something else."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.journal.actions import record
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ADMINISTER = "wagtail_ecp.administer_ecp"


def can_administer(user: "User | Any") -> bool:
    """Whether ``user`` manages mailboxes and members; reading mail is another right."""
    if not user.is_active:
        return False
    return user.has_perm(ADMINISTER) or is_owner(user)


def is_owner(user: "User | Any") -> bool:
    """Whether ``user`` is the one owner; asked anew each time, as it may change."""
    return user.is_active and Account.objects.current().is_owned_by(user)


def require_owner(user: "User | Any", *, attempt: str = "") -> Account:
    """Return the account; PermissionDenied unless ``user`` owns it.

    ``attempt`` names what was tried to be changed; then it is written down. To be
    called outside of a transaction, which would take that back.
    """
    account = Account.objects.current()
    if user.is_active and account.is_owned_by(user):
        return account
    if attempt:
        record(Action.Kind.ATTEMPT_REFUSED, by=user, data={"attempt": attempt})
    raise PermissionDenied(_("Only the account owner may do this."))
