"""Two contacts that were made one, made two again: what the journal keeps for that."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from wagtail_ecp.contacts import words
from wagtail_ecp.contacts.models import Contact, ContactAddress
from wagtail_ecp.journal.models import Action

#: Names of people do not stay in the journal for longer.
KEPT = timedelta(days=1)
#: What a merge may change of the contact that stays, and takes from the other.
COLUMNS = ("name", "origin", "added_at", "added_by_id", "added_by_name", "created_at")


def standing(contact: Contact) -> dict[str, str]:
    """Return how the contact is, as the journal keeps it."""
    return {name: _text(getattr(contact, name)) for name in COLUMNS}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def come_back(action: Action, kept: Contact) -> Contact:
    """Make the contact again that went, with those of its addresses that ``kept`` has.

    ``kept`` becomes what it was, where nobody has changed it since.
    """
    data = action.data
    gone = Contact(pk=data["gone"])
    _put(gone, data["before"]["gone"], COLUMNS)
    gone.save(force_insert=True)
    made = Contact.objects.filter(pk=gone.pk)
    made.update(created_at=parse_datetime(data["before"]["gone"]["created_at"]))
    mine(action, kept).update(contact=gone)
    now, after = standing(kept), data["after"]
    same = [name for name in COLUMNS if now[name] == after[name]]
    _put(kept, data["before"]["kept"], same)
    kept.save()
    for contact in (gone, kept):
        words.learn_anew(contact)
    return gone


def mine(action: Action, kept: Contact) -> Any:
    """Return the addresses that ``kept`` has by this merge."""
    rows = ContactAddress.objects.filter(contact=kept)
    return rows.filter(pk__in=action.data["addresses"])


def _put(contact: Contact, state: dict[str, str], names: Any) -> None:
    for name in names:
        value: Any = state[name]
        if name.endswith("_at"):
            value = parse_datetime(value) if value else None
        elif name == "added_by_id":
            value = _user(value)
        setattr(contact, name, value)


def _user(key: str) -> Any:
    """Return the key of whoever added the contact, if they are still there."""
    field = Contact._meta.get_field("added_by")
    users = field.related_model._default_manager
    found = users.filter(pk=key).first() if key else None
    return found.pk if found else None


def remove_old_merges() -> None:
    """Take names out of the journal that it kept for an undo; every night."""
    merges = Action.objects.filter(kind=Action.Kind.CONTACTS_MERGED)
    old = merges.filter(at__lt=timezone.now() - KEPT, data__has_key="before")
    for action in old.iterator():
        action.data = {name: action.data[name] for name in ("contact", "gone")}
        action.save(update_fields=["data"])
