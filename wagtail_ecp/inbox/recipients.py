"""Whom an e-mail goes to: read as people type it, and derived from what it answers."""

import unicodedata
from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from wagtail_ecp.inbox.models import Conversation, Mailbox, Message
from wagtail_ecp.mail.addresses import (
    Address,
    delivery_keys,
    parse_addresses,
    written,
)


def read_addresses(text: str) -> tuple[Address, ...]:
    """Read addresses with commas between them, with or without names (RFC 5322).

    ValidationError names the first that is none.
    """
    if has_control_characters(text):
        raise ValidationError(_("Write all addresses on one line."))
    addresses = parse_addresses(text)
    for address in addresses:
        _check(address)
    return addresses


def has_control_characters(text: str) -> bool:
    """Whether ``text`` could become a header of its own."""
    return any(unicodedata.category(character) == "Cc" for character in text)


def _check(address: Address) -> None:
    local, _at, domain = address.key.rpartition("@")
    try:
        # The form that is compared has its domain in ASCII, as servers want it.
        validate_email(f"{local}@{domain}")
    except ValidationError:
        wrong = address.address or address.name
        raise ValidationError(
            _("“%(address)s” is not an e-mail address."), params={"address": wrong}
        ) from None


def reply_address(message: Message) -> Address:
    """Return where an answer to ``message`` goes: Reply-To, else From (RFC 5322)."""
    wanted = _people(message, "reply_to")
    sender = Address(message.sender_name, message.sender_address)
    return next((address for address in wanted if address.key), sender)


def to_answer(message: Message) -> str:
    """Return whom an answer goes to, as people type it: of ours, who got it."""
    if message.is_ours:
        return _typed(_people(message, "to"))
    return written(reply_address(message))


def copies_of(message: Message, conversation: Conversation) -> str:
    """Return who else gets an answer to all.

    Neither we ourselves, nor strangers that stepped in: we never put those in Cc.
    """
    if message.is_ours:
        others = _people(message, "cc")
        left_out = {person.key for person in _people(message, "to")}
    else:
        others = [*_people(message, "to"), *_people(message, "cc")]
        left_out = {reply_address(message).key, message.sender_key}
    newcomers = conversation.messages.filter(is_newcomer=True)
    left_out |= set(newcomers.values_list("sender_key", flat=True))
    own = set(Mailbox.objects.values_list("address_key", flat=True))
    return _typed(_without(others, left_out, own))


def _without(
    people: Iterable[Address], left_out: Collection[str], own: Collection[str]
) -> Iterable[Address]:
    found: dict[str, Address] = {}
    for person in people:
        is_own = not set(own).isdisjoint(delivery_keys(person.address))
        if person.key and not is_own and person.key not in left_out:
            found.setdefault(person.key, person)
    return found.values()


def _people(message: Message, header: str) -> list[Address]:
    return [Address(*pair) for pair in message.addresses.get(header, ())]


def _typed(people: Iterable[Address]) -> str:
    return ", ".join(map(written, people))
