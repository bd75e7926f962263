"""Who may administer the e-mail centre, which is not owning it."""

from typing import TYPE_CHECKING, Any

from wagtail_ecp.accounts.models import Account

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ADMINISTER = "wagtail_ecp.administer_ecp"


def can_administer(user: "User | Any") -> bool:
    """Whether ``user`` manages mailboxes and members; reading mail is another right."""
    if not user.is_active:
        return False
    return user.has_perm(ADMINISTER) or Account.objects.current().is_owned_by(user)
