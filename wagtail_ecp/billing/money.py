"""Amounts of money: how many decimals a currency has, and how people read them."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format

#: ISO 4217 minor units that are not two.
WITHOUT = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
THREE = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMN", "TND"])


def decimals(currency: str) -> int:
    """Return how many decimals amounts in ``currency`` (ISO 4217) have."""
    if currency in WITHOUT:
        return 0
    return 3 if currency in THREE else 2


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Return the amount as it can be paid; halves go away from zero."""
    return amount.quantize(Decimal(1).scaleb(-decimals(currency)), ROUND_HALF_UP)


def in_words(amount: Decimal, currency: str) -> str:
    """Return the amount in the reader's language, such as "1,234.50 EUR"."""
    digits = number_format(
        rounded(amount, currency), decimal_pos=decimals(currency), force_grouping=True
    )
    return f"{digits}\N{NO-BREAK SPACE}{currency}"
