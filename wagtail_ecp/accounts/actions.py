"""Writes to the account."""

import logging
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from wagtail_ecp.accounts import installation
from wagtail_ecp.accounts.models import THE_ONE, Account

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)


@transaction.atomic
def set_owner(user: "User", *, name: str = "") -> Account:
    """Make ``user`` the account's owner, and the account if there is none yet.

    For whoever holds a shell; nobody's permission is asked. ValidationError if the
    person could not use it.
    """
    if not user.is_active or not user.has_perm("wagtailadmin.access_admin"):
        raise ValidationError(
            _("The owner must be an active user who may enter the Wagtail admin.")
        )
    account = Account.objects.select_for_update().first()
    if account is None:
        account = Account(
            pk=THE_ONE,
            name=name or _("E-mail centre"),
            installation=installation.check(),
        )
    previous = account.owner_id
    account.owner_id = user.pk
    account.save()
    logger.warning("account owner changed from %s to %s", previous, user.pk)
    return account
