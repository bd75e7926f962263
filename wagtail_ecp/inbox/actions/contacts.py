"""Senders who are made contacts, from their mail."""

from typing import TYPE_CHECKING

from django.db import transaction

from wagtail_ecp.contacts import actions as contacts
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox.actions.steps import require_reply
from wagtail_ecp.inbox.models import (
    Message,
)
from wagtail_ecp.mail.addresses import Address

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def add_contact(message: Message, *, by: "User") -> Contact:
    """Make the message's sender a contact, whose mail is never spam from now on."""
    require_reply(by, message.conversation)
    return contacts.add(Address(message.sender_name, message.sender_address), by=by)


@transaction.atomic
def remove_contact(message: Message, *, by: "User") -> None:
    """Let the sender's mail be judged like a stranger's again."""
    require_reply(by, message.conversation)
    if message.contact is not None:
        contacts.remove(message.contact, by=by)
