"""What a look at the e-mail centre's health finds."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.accounts.permissions import can_administer

Level = Literal["ok", "warning", "error"]

#: Rows of a kind that a check looks at; beyond, "or more" is said.
SAMPLE = 200
#: Names and servers' words that are written out.
NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that works, or that a person should see to.

    ``details`` are the server's own words. They and ``url`` are for whom ``may_open``
    lets, because they can quote mail or lead to a screen that is not everybody's.
    """

    level: Level
    title: str
    words: str
    since: datetime | None = None
    details: str = ""
    url: str = ""
    button: str = ""
    may_open: Callable[[Any], bool] = can_administer


Check = Callable[[Account], Iterator[Finding]]


def is_still(account: Account) -> bool:
    """Whether nothing moves on purpose, so that nothing can be late."""
    return account.exists and bool(account.closed_at or account.installation.pause)


def edits_users(user: Any) -> bool:
    """Whether ``user`` gets into Wagtail's user screens."""
    opts = user._meta
    return bool(user.has_perm(f"{opts.app_label}.change_{opts.model_name}"))


def count(rows: Sequence[Any]) -> str:
    """Say how many there are, as far as was looked."""
    if len(rows) < SAMPLE:
        return str(len(rows))
    return _("%(number)s or more") % {"number": SAMPLE}


def tally(names: Iterable[str]) -> str:
    """Count equal names, the most frequent first."""
    common = Counter(names).most_common(NAMED)
    return ", ".join(f"{number} x {name}" for name, number in common)


def some(names: Sequence[str]) -> str:
    """Name the first few and count the others."""
    named = ", ".join(names[:NAMED])
    more = len(names) - NAMED
    if more <= 0:
        return named
    return ngettext(
        "%(names)s and %(number)s more", "%(names)s and %(number)s more", more
    ) % {"names": named, "number": more}
