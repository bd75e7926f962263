"""The account options: which there are, what they may be, and how one says so."""

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from wagtail_ecp.accounts import zones
from wagtail_ecp.accounts.models import Account

#: The columns of the account that its owner sets. An option joins with the code that
#: gives it effect.
NAMES = (
    "name",
    "time_zone",
    "use_ssl",
    "receives_only",
    "maintain_assignments",
    "dashboards_by_administrators_only",
    "rss_enabled",
    "rss_full_bodies",
    "spam_threshold",
    "junk_retention_days",
)
#: For how many days Spam and Trash may be kept.
RETENTION = range(1, 3651)


def check(account: Account, wanted: Mapping[str, Any]) -> None:
    """Raise ValidationError, with messages by option, for what makes no sense."""
    unknown = sorted(set(wanted) - set(NAMES))
    if unknown:
        raise ValidationError(
            _("There is no option “%(name)s”."), params={"name": unknown[0]}
        )
    wrong = {
        name: RULES[name](account, value)
        for name, value in wanted.items()
        if name in RULES
    }
    wrong = {name: message for name, message in wrong.items() if message}
    if wrong:
        raise ValidationError(wrong)
    proposed = copy(account)
    for name, value in wanted.items():
        setattr(proposed, name, value)
    others = {field.name for field in Account._meta.fields} - set(wanted)
    proposed.clean_fields(exclude=others)


def in_words(value: Any) -> str:
    """Return an option's value as a person would say it."""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return str(value)


def was_changed_to(value: Any) -> str:
    """Tell somebody with an old page what the option has become meanwhile."""
    return _(
        "This was changed to “%(value)s” meanwhile. Change it again if need be."
    ) % {"value": in_words(value)}


def _zone(_account: Account, value: str) -> str:
    if zones.is_zone(value):
        return ""
    return _("“%(zone)s” is not a time zone.") % {"zone": value}


def _with_level(feature: str) -> Callable[[Account, Any], str]:
    """Return a rule: only a level that allows ``feature`` lets it be switched on."""

    def rule(account: Account, value: bool) -> str:
        return is_missing(account) if value and not account.allows(feature) else ""

    return rule


def is_missing(account: Account) -> str:
    """Say that the account's service level has not got an option."""
    return _("The service level “%(level)s” does not include this.") % {
        "level": account.level.label
    }


def _retention(_account: Account, value: int) -> str:
    if value in RETENTION:
        return ""
    return _("Spam and Trash are kept for %(least)s to %(most)s days.") % {
        "least": RETENTION[0],
        "most": RETENTION[-1],
    }


RULES: dict[str, Callable[[Account, Any], str]] = {
    "time_zone": _zone,
    "use_ssl": _with_level("ssl"),
    "rss_enabled": _with_level("rss"),
    "junk_retention_days": _retention,
}
