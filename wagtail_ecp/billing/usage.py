"""How much of what a service level limits is in use."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp.accounts import members
from wagtail_ecp.accounts.levels import Level
from wagtail_ecp.accounts.models import Account


@dataclass(frozen=True, kw_only=True)
class Usage:
    """How many there are of one of ``levels.LIMITS``; limit None: any number may be."""

    name: str
    label: str
    used: int
    limit: int | None

    @property
    def is_over(self) -> bool:
        """Whether there are more than allowed; nobody is cut off for it."""
        return self.limit is not None and self.used > self.limit

    @property
    def is_full(self) -> bool:
        """Whether one more would be too many."""
        return self.limit is not None and self.used >= self.limit

    def __str__(self) -> str:
        if self.limit is None:
            return _("%(what)s: %(used)s") % {"what": self.label, "used": self.used}
        return _("%(what)s: %(used)s in use, %(limit)s allowed") % {
            "what": self.label,
            "used": self.used,
            "limit": self.limit,
        }


def _mailboxes(account: Account) -> int:
    return account.mailboxes.filter(is_active=True).count()


def _members(_account: Account) -> int:
    return members.members().count()


COUNTS: dict[str, tuple[str | Promise, Callable[[Account], int]]] = {
    "mailboxes": (gettext_lazy("Active mailboxes"), _mailboxes),
    "members": (gettext_lazy("Members"), _members),
}


def usage(account: Account, level: Level | None = None) -> list[Usage]:
    """Return what is in use, against the limits of ``level`` or of the account's own."""
    limits = (level or account.level).limits
    return [
        Usage(
            name=name,
            label=str(label),
            used=count(account),
            limit=limits.get(name),
        )
        for name, (label, count) in COUNTS.items()
    ]


def refusal(account: Account, name: str) -> str:
    """Say why one more of ``name`` is too many; empty while it is not."""
    limit = account.limit(name)
    label, count = COUNTS[name]
    if limit is None or count(account) < limit:
        return ""
    return _(
        "The service level “%(level)s” allows no more. %(what)s: %(limit)s."
        " The account owner can change the level on the Billing screen."
    ) % {"level": account.level.label, "what": label, "limit": limit}
