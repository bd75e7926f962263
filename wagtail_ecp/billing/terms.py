"""Who writes the invoices and on which terms: WAGTAIL_ECP["BILLING"]."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from wagtail_ecp import conf
from wagtail_ecp.exceptions import ConfigurationError

#: Shipped with the package, with its licence beside it.
FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"

KEYS = frozenset(
    [
        "issuer",
        "tax_rate",
        "tax_note",
        "reverse_charge",
        "how_to_pay",
        "number_prefix",
        "font",
    ]
)
ISSUER_KEYS = ("name", "address", "country", "vat_id", "tax_number", "email", "note")
WHOLE = 100


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is the same on every invoice; ``tax_rate`` in percent, on top of prices."""

    issuer: Mapping[str, str] = field(default_factory=dict)
    tax_rate: Decimal = Decimal(0)
    tax_note: str = ""
    reverse_charge: bool = False
    how_to_pay: str = ""
    number_prefix: str = ""
    font: Path = FONT


def terms() -> Terms:
    """Return the site's terms; ConfigurationError if they make no sense."""
    described: Mapping[str, Any] = conf.get("BILLING")
    _refuse_strange(described, KEYS, "BILLING")
    issuer = described.get("issuer", {})
    _refuse_strange(issuer, ISSUER_KEYS, "BILLING['issuer']")
    return Terms(
        issuer={name: str(value) for name, value in issuer.items()},
        tax_rate=_rate(described.get("tax_rate", 0)),
        tax_note=str(described.get("tax_note", "")),
        reverse_charge=bool(described.get("reverse_charge", False)),
        how_to_pay=str(described.get("how_to_pay", "")),
        number_prefix=str(described.get("number_prefix", "")),
        font=_font(described.get("font") or FONT),
    )


def _refuse_strange(words: Mapping[str, Any], known: Any, place: str) -> None:
    for name in words:
        if name not in known:
            raise ConfigurationError(f"{place}: there is no key {name!r}.")


def _rate(value: object) -> Decimal:
    try:
        rate = Decimal(str(value))
    except InvalidOperation:
        rate = Decimal("NaN")
    if not rate.is_finite() or not 0 <= rate <= WHOLE:
        raise ConfigurationError(f"BILLING['tax_rate']: {value!r} is no percentage.")
    return rate


def _font(value: object) -> Path:
    font = Path(str(value))
    if not font.is_file():
        raise ConfigurationError(f"BILLING['font']: there is no file {str(font)!r}.")
    return font
