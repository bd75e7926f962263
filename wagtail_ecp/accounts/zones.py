"""Time zones: which there are, and which one a person's dates are shown in."""

from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: Names in the IANA database that are no places: they stand for whatever the machine
#: is set to, or for a placeholder.
NOT_PLACES = frozenset({"Factory", "localtime", "posixrules"})
UTC = "UTC"


@cache
def canonical() -> dict[str, tuple[str, ...]]:
    """Return the names of zone1970.tab of the IANA database by region, and UTC.

    That table has one name for each set of places whose clocks agree since 1970; all
    other names are aliases of these.
    """
    table = files("tzdata").joinpath("zoneinfo", "zone1970.tab").read_text("utf-8")
    names = {line.split("\t")[2] for line in table.splitlines() if line[:1] != "#"}
    regions: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        regions[name.partition("/")[0]].append(name)
    return {**{key: tuple(found) for key, found in regions.items()}, UTC: (UTC,)}


@cache
def all_names() -> frozenset[str]:
    """Return every name that is accepted, aliases such as "US/Pacific" included."""
    return frozenset(available_timezones()) - NOT_PLACES


def is_zone(name: str) -> bool:
    """Whether ``name`` can be stored as a zone."""
    return name in all_names()


def zone_for(user: "User | Any", *, of_account: str) -> ZoneInfo:
    """Return the zone of the dates that ``user`` sees.

    Their own, where their Wagtail profile names one, else the account's; never
    settings.TIME_ZONE, which is the web site's.
    """
    profile = getattr(user, "wagtail_userprofile", None)
    own = getattr(profile, "current_time_zone", "")
    return ZoneInfo(own if is_zone(own) else of_account)
