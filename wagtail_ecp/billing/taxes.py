"""The tax on an invoice: decided by the site's terms and the customer's VAT number."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from wagtail_ecp.billing import money
from wagtail_ecp.billing.terms import WHOLE, Terms


@dataclass(frozen=True, kw_only=True)
class Tax:
    """A rate in percent with its EN 16931 category, and why there is none to pay."""

    category: str
    rate: Decimal
    reason: str = ""

    def on(self, amount: Decimal, currency: str) -> Decimal:
        """Return the tax on ``amount``."""
        return money.rounded(amount * self.rate / WHOLE, currency)


def tax_for(buyer: Mapping[str, str], terms: Terms) -> Tax:
    """Return the tax that the customer pays under these terms.

    S: at the site's rate. AE: reverse charge, for a customer with a VAT number of
    another country. E: exempt, for the reason in ``tax_note``. O: none at all.
    """
    if terms.reverse_charge and _is_from_elsewhere(buyer, terms):
        return Tax(
            category="AE",
            rate=Decimal(0),
            reason=_("Reverse charge: the customer is liable for the VAT."),
        )
    if terms.tax_rate:
        return Tax(category="S", rate=terms.tax_rate, reason=terms.tax_note)
    return Tax(
        category="E" if terms.tax_note else "O",
        rate=Decimal(0),
        reason=terms.tax_note,
    )


def _is_from_elsewhere(buyer: Mapping[str, str], terms: Terms) -> bool:
    theirs, ours = buyer.get("vat_id", "")[:2], terms.issuer.get("vat_id", "")[:2]
    return bool(theirs and ours) and theirs.upper() != ours.upper()
