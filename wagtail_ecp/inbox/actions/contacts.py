"""What members do with contacts: mail that belongs to an address goes where it goes."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from wagtail_ecp.contacts import actions as contacts
from wagtail_ecp.contacts import unmerging
from wagtail_ecp.contacts.models import Contact, ContactAddress
from wagtail_ecp.inbox import correspondents, permissions
from wagtail_ecp.inbox.actions.steps import (
    CannotUndoError,
    ChangedSinceError,
    require_reply,
)
from wagtail_ecp.inbox.counters import touch_all
from wagtail_ecp.inbox.models import Conversation, Message
from wagtail_ecp.journal.actions import record
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.addresses import Address

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def add_contact(message: Message, *, by: "User") -> Contact:
    """Make the message's sender a contact, whose mail is never spam from now on."""
    require_reply(by, message.conversation)
    sender = Address(message.sender_name, message.sender_address)
    contact = contacts.add(sender, by=by)
    _tell(contact)
    return contact


@transaction.atomic
def remove_contact(message: Message, *, by: "User") -> None:
    """Let the sender's mail be judged like a stranger's again."""
    require_reply(by, message.conversation)
    if message.contact is not None:
        contacts.remove(message.contact, by=by)
        _tell(message.contact)


@transaction.atomic
def write_down_contact(name: str, address: str, *, by: "User") -> Contact:
    """Add a contact by hand; ValidationError if that is no address or is one already.

    Whoever wrote from it before becomes an added contact, under this name.
    """
    _require_replier(by)
    wanted = _checked(address, name=name)
    holder = _holder(wanted)
    if holder is None:
        return contacts.add(wanted, by=by)
    contact = holder.contact
    if contact.is_added:
        raise ValidationError(
            _("%(address)s is in the contacts already, as %(contact)s."),
            params={"address": holder.address, "contact": contact},
        )
    if not _sees(by, contact) and contact.addresses.count() > 1:
        contact = _separate(holder, by=by)  # The others are none of their business.
    contacts.keep(contact, by=by)
    contacts.rename(contact, name, by=by)
    _tell(contact)
    return contact


@transaction.atomic
def keep_contact(contact: Contact, *, by: "User") -> None:
    """Make somebody who was merely seen a contact, whose mail is never spam."""
    _require_replier(by)
    contacts.keep(_locked(contact), by=by)
    _tell(contact)


@transaction.atomic
def forget_contact(contact: Contact, *, by: "User") -> None:
    """Let a contact be somebody who was merely seen again."""
    _require_replier(by)
    contacts.remove(_locked(contact), by=by)
    _tell(contact)


@transaction.atomic
def rename_contact(contact: Contact, name: str, *, by: "User") -> None:
    """Call the contact ``name``; without one they are called by their address."""
    _require_replier(by)
    row = _locked(contact)
    if name != row.name:
        contacts.rename(row, name, by=by)


@transaction.atomic
def add_contact_address(contact: Contact, address: str, *, by: "User") -> None:
    """Give the contact another address, with the mail that came from it.

    ValidationError if it is none, or that of another contact that ``by`` may see: the
    two have to be made one.
    """
    _require_replier(by)
    row = _locked(contact)
    wanted = _checked(address)
    holder = _holder(wanted)
    if holder is None:
        contacts.give(row, wanted, by=by)
    elif holder.contact_id == row.pk:
        raise ValidationError(_("The contact has this address already."))
    elif _sees(by, holder.contact):
        raise ValidationError(
            _("%(address)s belongs to %(contact)s. Make the two one contact instead."),
            params={"address": holder.address, "contact": holder.contact},
        )
    else:
        _move(holder, row, by=by)


@transaction.atomic
def remove_contact_address(address: ContactAddress, *, by: "User") -> None:
    """Take an address away from its contact, with the mail that came from it.

    Whoever writes from it is merely seen then. ValidationError for the only address.
    """
    _require_replier(by)
    contact = _locked(address.contact)
    if not contact.addresses.exclude(pk=address.pk).exists():
        raise ValidationError(
            _("This is the only address. Remove the contact instead.")
        )
    if contact.messages.filter(sender_key=address.address_key).exists():
        _separate(address, by=by)
    else:
        contacts.take(address, by=by)


@transaction.atomic
def merge_contacts(kept: Contact, gone: Contact, *, by: "User") -> Action:
    """Make two contacts one, with the addresses and the mail of both."""
    _require_replier(by)
    if kept.pk == gone.pk:
        raise ValidationError(_("Choose another contact than this one."))
    first, second = sorted((kept, gone), key=lambda contact: contact.pk)
    rows = {row.pk: row for row in (_locked(first), _locked(second))}
    gone.messages.update(contact=kept)
    gone.conversations.update(contact=kept)
    merged = contacts.merge(rows[kept.pk], rows[gone.pk], by=by)
    _tell(kept)
    return merged


@transaction.atomic
def unmerge_contacts(action: Action, *, by: "User") -> Contact:
    """Make two contacts again of what ``by`` made one; return the one that had stayed.

    What happened to it since stays. A second time does nothing. ValidationError if it
    is over a day ago or nothing is left to give back; PermissionDenied if it was not
    ``by``.
    """
    _require_replier(by)
    if action.user_id != by.pk or action.kind != Action.Kind.CONTACTS_MERGED:
        raise PermissionDenied(_("Only who did something can undo it."))
    if "before" not in action.data:
        raise CannotUndoError
    kept = Contact.objects.select_for_update().filter(pk=action.data["contact"]).first()
    if kept is None:
        raise ChangedSinceError
    if Contact.objects.filter(pk=action.data["gone"]).exists():
        return kept
    keys = list(unmerging.mine(action, kept).values_list("address_key", flat=True))
    if not keys:
        raise ChangedSinceError
    gone = unmerging.come_back(action, kept)
    kept.messages.filter(sender_key__in=keys).update(contact=gone)
    _give_conversations(kept, gone)
    for contact in (kept, gone):
        _tell(contact)
    told = {"action": action.pk, "kind": str(action.kind)}
    record(Action.Kind.UNDONE, by=by, data=told)
    return kept


def _give_conversations(kept: Contact, gone: Contact) -> None:
    """Give each conversation to whoever wrote first in it."""
    first = Message.objects.filter(conversation=OuterRef("pk"), contact__isnull=False)
    writer = Subquery(first.in_order().values("contact")[:1])
    shared = Conversation.objects.filter(contact=kept, messages__contact=gone)
    numbers = list(shared.order_by().values_list("pk", flat=True).distinct())
    Conversation.objects.filter(pk__in=numbers).update(contact=writer)


def _require_replier(user: "User") -> None:
    if not permissions.can_reply_somewhere(user):
        raise PermissionDenied(_("You may only read mail."))


def _tell(contact: Contact) -> None:
    """Let searches for contacts know that others may match now."""
    touch_all(Conversation.objects.filter(contact=contact))


def _locked(contact: Contact) -> Contact:
    return Contact.objects.select_for_update().get(pk=contact.pk)


def _checked(address: str, *, name: str = "") -> Address:
    wanted = Address(" ".join(name.split()), address.strip())
    try:
        validate_email(wanted.key)  # Its domain is in ASCII, as servers want it.
    except ValidationError:
        raise ValidationError(
            _("“%(address)s” is not an e-mail address."),
            params={"address": wanted.address[:320]},
        ) from None
    return wanted


def _holder(address: Address) -> ContactAddress | None:
    rows = ContactAddress.objects.select_for_update().select_related("contact")
    return rows.filter(address_key=address.key).first()


def _sees(user: "User", contact: Contact) -> bool:
    return correspondents.visible_to(user).filter(pk=contact.pk).exists()


def _separate(address: ContactAddress, *, by: "User") -> Contact:
    """Make a contact of its own for the address, merely seen."""
    contact = Contact.objects.create()
    _move(address, contact, by=by)
    return contact


def _move(address: ContactAddress, to: Contact, *, by: "User") -> None:
    """Make the address another contact's, and all that came from it."""
    before, key = address.contact, address.address_key
    wrote = Conversation.objects.filter(contact=before, messages__sender_key=key)
    numbers = list(wrote.order_by().values_list("pk", flat=True).distinct())
    Conversation.objects.filter(pk__in=numbers).update(contact=to)
    before.messages.filter(sender_key=key).update(contact=to)
    contacts.hand_over(address, to, by=by)
    _tell(to)
    if not before.addresses.exists():
        before.delete()
