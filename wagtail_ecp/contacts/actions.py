"""Writes to contacts; who may, and what their mail has to do with it, is upstairs."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp.contacts import words
from wagtail_ecp.contacts.models import Contact, ContactAddress
from wagtail_ecp.contacts.unmerging import standing
from wagtail_ecp.journal.actions import display_name, record
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from wagtail_ecp.mail.addresses import Address


@transaction.atomic
def see(senders: Iterable["Address"]) -> dict[str, int]:
    """Return the contact id by address key, making a contact for who is new.

    Costs one query where everyone is known and five at most, whatever the number.
    """
    by_key = {sender.key: sender for sender in senders if sender.key}
    known = _ids_by_key(by_key)
    new = [sender for key, sender in by_key.items() if key not in known]
    if not new:
        return known
    contacts = Contact.objects.bulk_create([_seen(sender) for sender in new])
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
    found = _ids_by_key(by_key)
    made = zip(contacts, new, strict=True)
    words.learn((row, sender) for row, sender in made if found[sender.key] == row.pk)
    return found


@transaction.atomic
def add(address: "Address", *, by: "User", name: str = "") -> Contact:
    """Make whoever writes from ``address`` a contact; ValidationError without one.

    A contact who was merely seen becomes an added one; ``name`` is what to call them
    instead of what they call themselves.
    """
    if not address.key:
        raise ValidationError(_("This message says no address that it is from."))
    number = see([address])[address.key]
    contact = Contact.objects.select_for_update().get(pk=number)
    keep(contact, by=by)
    if name and name != contact.name:
        rename(contact, name, by=by)
    return contact


@transaction.atomic
def keep(contact: Contact, *, by: "User") -> None:
    """Make a contact that was merely seen an added one."""
    if contact.is_added:
        return
    contact.origin = Contact.Origin.ADDED
    contact.added_at = timezone.now()
    contact.added_by = by
    contact.added_by_name = display_name(by)
    contact.save()
    contact.words.update(is_added=True)
    record(Action.Kind.CONTACT_ADDED, by=by, data={"contact": contact.pk})


@transaction.atomic
def remove(contact: Contact, *, by: "User") -> None:
    """Make an added contact one that was merely seen."""
    added = Contact.objects.filter(pk=contact.pk, origin=Contact.Origin.ADDED)
    if not added.update(
        origin=Contact.Origin.SEEN, added_at=None, added_by=None, added_by_name=""
    ):
        return
    contact.words.update(is_added=False)
    record(Action.Kind.CONTACT_REMOVED, by=by, data={"contact": contact.pk})


@transaction.atomic
def rename(contact: Contact, name: str, *, by: "User") -> None:
    """Call the contact ``name``; without one they are called by their address."""
    contact.name = " ".join(name.split())[:255]
    contact.save(update_fields=["name"])
    words.learn_anew(contact)
    _note_change(contact, "name", by=by)


@transaction.atomic
def give(contact: Contact, address: "Address", *, by: "User") -> None:
    """Give the contact an address that nobody has; IntegrityError if somebody does."""
    contact.addresses.create(
        address=address.address[:320], address_key=address.key[:320]
    )
    words.learn_anew(contact)
    _note_change(contact, "addresses", by=by)


@transaction.atomic
def hand_over(address: ContactAddress, to: Contact, *, by: "User") -> None:
    """Make an address another contact's."""
    before = address.contact
    address.contact = to
    address.save(update_fields=["contact"])
    for contact in (before, to):
        words.learn_anew(contact)
    _note_change(to, "addresses", by=by)


@transaction.atomic
def take(address: ContactAddress, *, by: "User") -> None:
    """Take an address away from its contact; nobody has it then."""
    contact = address.contact
    address.delete()
    words.learn_anew(contact)
    _note_change(contact, "addresses", by=by)


@transaction.atomic
def merge(kept: Contact, gone: Contact, *, by: "User") -> Action:
    """Make two contacts one; nothing may refer to ``gone`` any more but its parts."""
    before = {"kept": standing(kept), "gone": standing(gone)}
    addresses = list(gone.addresses.values_list("pk", flat=True))
    gone.addresses.update(contact=kept)
    if gone.is_added and not kept.is_added:
        keep(kept, by=by)
    kept.name = kept.name or gone.name
    kept.save(update_fields=["name"])
    number = gone.pk
    gone.delete()
    words.learn_anew(kept)
    undo = {"before": before, "after": standing(kept), "addresses": addresses}
    return record(
        Action.Kind.CONTACTS_MERGED,
        by=by,
        data={"contact": kept.pk, "gone": number, **undo},
    )


def _seen(sender: "Address") -> Contact:
    name = sender.name[:255]
    return Contact(name=name, sort_key=words.sort_key(name, sender.address))


def _note_change(contact: Contact, what: str, *, by: "User") -> None:
    """Write down that something changed; addresses of people stay out of the journal."""
    data = {"contact": contact.pk, "what": what}
    record(Action.Kind.CONTACT_CHANGED, by=by, data=data)


def _ids_by_key(keys: Iterable[str]) -> dict[str, int]:
    rows = ContactAddress.objects.filter(address_key__in=list(keys))
    return dict(rows.values_list("address_key", "contact_id"))
