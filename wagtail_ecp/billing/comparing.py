"""What a service level allows, in words, and what another one would gain or lose."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wagtail_ecp.accounts.levels import LIMITS, Level

#: What people call the ``levels.FEATURES`` that there are: feeds and the API join with
#: the code that gives them effect.
NAMES = {"ssl": gettext_lazy("SSL enforced for all e-mail transmissions")}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What is gained and lost by a change of level, in words."""

    gained: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def feature(name: str) -> str:
    """Return what people call one of ``NAMES``."""
    return str(NAMES[name])


def amount(name: str, limit: int | None) -> str:
    """Return a limit in words, such as "3 mailboxes"."""
    if name == "mailboxes":
        if limit is None:
            return _("any number of mailboxes")
        return ngettext("%(count)s mailbox", "%(count)s mailboxes", limit) % {
            "count": limit
        }
    if limit is None:
        return _("any number of members")
    return ngettext("%(count)s member", "%(count)s members", limit) % {"count": limit}


def table(level: Level) -> list[tuple[str, bool]]:
    """Return (words, whether the level has it) for each feature, and its limits."""
    limits = [(amount(name, level.limits.get(name)), True) for name in LIMITS]
    return limits + [(feature(name), name in level.allows) for name in NAMES]


def difference(old: Level, new: Level) -> Difference:
    """Return what ``new`` gives that ``old`` did not, and the other way round."""
    gained = [feature(name) for name in NAMES if name in new.allows - old.allows]
    lost = [feature(name) for name in NAMES if name in old.allows - new.allows]
    for name in LIMITS:
        before, after = old.limits.get(name), new.limits.get(name)
        if before == after:
            continue
        more = after is None or (before is not None and after > before)
        words = _("%(after)s instead of %(before)s") % {
            "after": amount(name, after),
            "before": amount(name, before),
        }
        (gained if more else lost).append(words)
    return Difference(gained=gained, lost=lost)
