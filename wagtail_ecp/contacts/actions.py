"""Writes to contacts."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from wagtail_ecp.contacts.models import Contact, ContactAddress
from wagtail_ecp.journal.actions import record
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User

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


@transaction.atomic
def add(address: "Address", *, by: "User") -> Contact:
    """Make whoever writes from ``address`` a contact; ValidationError without one.

    Who may is asked upstairs. A contact who was merely seen becomes an added one.
    """
    if not address.key:
        raise ValidationError(_("This message says no address that it is from."))
    number = see([address])[address.key]
    contact = Contact.objects.select_for_update().get(pk=number)
    if contact.origin != Contact.Origin.ADDED:
        contact.origin = Contact.Origin.ADDED
        contact.save(update_fields=["origin"])
        record(Action.Kind.CONTACT_ADDED, by=by, data={"contact": contact.pk})
    return contact


@transaction.atomic
def remove(contact: Contact, *, by: "User") -> None:
    """Make an added contact one that was merely seen; who may is asked upstairs."""
    added = Contact.objects.filter(pk=contact.pk, origin=Contact.Origin.ADDED)
    if added.update(origin=Contact.Origin.SEEN):
        record(Action.Kind.CONTACT_REMOVED, by=by, data={"contact": contact.pk})


def _ids_by_key(keys: Iterable[str]) -> dict[str, int]:
    rows = ContactAddress.objects.filter(address_key__in=list(keys))
    return dict(rows.values_list("address_key", "contact_id"))
