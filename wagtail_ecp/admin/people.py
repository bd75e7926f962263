"""The people who wrote to us in a conversation."""

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.urls import NoReverseMatch, reverse

from wagtail_ecp.admin.others import Other, others
from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.models import Conversation, Message

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Of as many messages the senders are looked up.
MESSAGES: Final = 200
PEOPLE: Final = 5


class Person(NamedTuple):
    """One who wrote, ready for the template."""

    name: str
    addresses: list[str]
    is_added: bool
    # The latest message of theirs here: by it they are added or removed.
    message_id: int
    others: list[Other]
    # Their own page, if there is one.
    url: str


def people(request: AdminRequest, found: Conversation) -> dict[str, Any]:
    """Return who wrote in ``found``, whoever wrote last first; one query for each."""
    latest: dict[Contact, Message] = {}
    for message in _from_people(found):
        if message.contact is not None:
            latest.setdefault(message.contact, message)
    shown = [*latest.items()][:PEOPLE]
    return {
        "people": [_person(request, found, *pair) for pair in shown],
        "may_reply": permissions.can_reply(request.user, found.mailbox),
    }


def _from_people(found: Conversation) -> "QuerySet[Message]":
    incoming = found.messages.filter(
        direction=Message.Direction.IN, contact__isnull=False
    )
    ordered = incoming.order_by("-at", "-id").select_related("contact")
    light = ordered.only("contact", "sender_address")
    return light.prefetch_related("contact__addresses")[:MESSAGES]


def _person(
    request: AdminRequest, found: Conversation, contact: Contact, message: Message
) -> Person:
    addresses = [row.address for row in contact.addresses.all()]
    theirs = Conversation.objects.filter(contact=contact.pk)
    return Person(
        name=contact.name or message.sender_address,
        addresses=addresses or [message.sender_address],
        is_added=contact.origin == Contact.Origin.ADDED,
        message_id=message.pk,
        others=others(request.user, beside=found, among=theirs),
        url=_page_of(contact),
    )


def _page_of(contact: Contact) -> str:
    try:
        return reverse("wagtail_ecp:contact", args=[contact.pk])
    except NoReverseMatch:
        return ""
