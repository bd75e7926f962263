"""Writes to contacts."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction

from wagtail_ecp.contacts.models import Contact, ContactAddress

if TYPE_CHECKING:
    from wagtail_ecp.mail.addresses import Address


@transaction.atomic
def see(senders: Iterable["Address"]) -> dict[str, int]:
    """Return the contact id by address key, making a contact for who is new.

    Costs one query where everyone is known and four at most, whatever the number.
    """
    by_key = {sender.key: sender for sender in senders if sender.key}
    known = _ids_by_key(by_key)
    new = [sender for key, sender in by_key.items() if key not in known]
    if not new:
        return known
    contacts = Contact.objects.bulk_create(
        [Contact(name=sender.name[:255]) for sender in new]
    )
    # Two workers may see the same new sender: the first one's contact is used.
    ContactAddress.objects.bulk_create(
        [
            ContactAddress(
                contact=contact,
                address=sender.address[:320],
                address_key=sender.key[:320],
            )
            for contact, sender in zip(contacts, new, strict=True)
        ],
        ignore_conflicts=True,
    )
    return _ids_by_key(by_key)


def _ids_by_key(keys: Iterable[str]) -> dict[str, int]:
    rows = ContactAddress.objects.filter(address_key__in=list(keys))
    return dict(rows.values_list("address_key", "contact_id"))
