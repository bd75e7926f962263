"""From what a panel was told to what a metric is asked."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from wagtail_ecp.admin.dashboard.settings import PanelSettings, SettingsError
from wagtail_ecp.metrics.scope import Scope


def scope_of(user: Any, told: PanelSettings) -> Scope:
    """Return the question's frame; SettingsError for what can't be asked."""
    try:
        return Scope.of(
            user,
            told.period.meant(),
            mailbox=told.mailbox,
            member=_member(told.member),
        )
    except ValidationError as refusal:
        raise SettingsError(" ".join(refusal.messages)) from refusal


def _member(key: str) -> Any:
    """Return a user's key in its own form; None for everybody."""
    if not key:
        return None
    try:
        return get_user_model()._meta.pk.to_python(key)
    except ValidationError as error:
        raise SettingsError(
            _("“%(member)s” is no member.") % {"member": key}
        ) from error
