"""Service levels: what the account pays for, as the site's settings describe it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from wagtail_ecp import conf
from wagtail_ecp.exceptions import ConfigurationError

#: What a level may allow; ``account.allows("api")`` asks for one of them.
FEATURES = ("ssl", "rss", "api")
#: What a level may limit; ``account.limit("mailboxes")`` asks for one of them.
LIMITS = ("mailboxes", "members")

#: Where the settings name no levels: one that allows everything and costs nothing.
EVERYTHING: Mapping[str, Mapping[str, Any]] = {
    "everything": {"label": "Everything", "allows": FEATURES}
}


@dataclass(frozen=True, kw_only=True)
class Level:
    """A service level; ``price`` is for one month, in ``currency`` (ISO 4217).

    New accounts begin on the level that ``is_first``. A limit that is missing is no
    limit. ``provider_price`` is what the billing
    provider calls the price, such as Stripe's ``price_…``.
    """

    key: str
    label: str
    price: Decimal = Decimal(0)
    currency: str = "EUR"
    allows: frozenset[str] = frozenset()
    limits: Mapping[str, int] = field(default_factory=dict)
    provider_price: str = ""
    is_first: bool = False

    @property
    def is_paid(self) -> bool:
        """Whether the level costs anything."""
        return self.price > 0


def levels() -> dict[str, Level]:
    """Return the site's levels in their order; ConfigurationError if they make no sense."""
    described = conf.get("SERVICE_LEVELS") or EVERYTHING
    return {key: _level(key, words) for key, words in described.items()}


def find(key: str) -> Level:
    """Return the level ``key``; where no level has this key, that of new accounts.

    A level that the settings no longer name must not take a running site's mail away.
    """
    known = levels()
    return known.get(key) or first(known)


def first(known: Mapping[str, Level]) -> Level:
    """Return the level of new accounts: the one that says so, else the topmost."""
    marked = (level for level in known.values() if level.is_first)
    return next(marked, next(iter(known.values())))


def _level(key: str, words: Mapping[str, Any]) -> Level:
    known = {one.name for one in fields(Level)} - {"key"}
    strange = [f"no key {name!r}" for name in words if name not in known]
    allows, limits = words.get("allows", ()), words.get("limits", {})
    strange += [f"no feature {name!r}" for name in allows if name not in FEATURES]
    strange += [f"no limit {name!r}" for name in limits if name not in LIMITS]
    if strange:
        raise ConfigurationError(f"SERVICE_LEVELS[{key!r}]: there is {strange[0]}.")
    return Level(
        key=key,
        label=str(words.get("label", key)),
        price=_price(key, words.get("price", 0)),
        currency=str(words.get("currency", "EUR")),
        allows=frozenset(allows),
        limits=dict(limits),
        provider_price=str(words.get("provider_price", "")),
        is_first=bool(words.get("is_first", False)),
    )


def _price(key: str, value: object) -> Decimal:
    try:
        price = Decimal(str(value))
    except InvalidOperation:
        price = Decimal("NaN")
    if not price.is_finite() or price < 0:
        raise ConfigurationError(f"SERVICE_LEVELS[{key!r}]: {value!r} is no price.")
    return price
