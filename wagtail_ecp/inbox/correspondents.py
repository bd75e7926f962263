"""The one gate to contacts: who may see whom, and whom one finds by typing.

It is a floor above the contacts themselves, because it hangs on the mail they wrote.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from wagtail_ecp.contacts.models import Contact, ContactAddress
from wagtail_ecp.contacts.words import beginning_with, typed_words
from wagtail_ecp.inbox.models import Conversation, Folder, Mailbox, Message
from wagtail_ecp.mail.addresses import address_key

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from wagtail_ecp.inbox.models.conversations import ConversationQuerySet

#: Addresses that are offered while somebody types one.
OFFERED = 10
#: Rows of the words' index that are looked at for one answer: while somebody types,
#: and when they ask.
GLANCE = 1_000
LOOK = 5_000


class Completion(NamedTuple):
    """An address that is offered while somebody types one."""

    name: str
    address: str


def visible_to(user: "User | Any") -> QuerySet[Contact]:
    """Return the contacts that ``user`` may see.

    Added ones are every member's; who was merely seen is there for those alone who may
    read some of their mail.
    """
    mailboxes = Mailbox.objects.visible_to(user)
    added = Q(Exists(mailboxes), origin=Contact.Origin.ADDED)
    return Contact.objects.filter(added | Q(Exists(_mail_for(user))))


def added(user: "User | Any") -> QuerySet[Contact]:
    """Return the contacts that members added, by name."""
    found = visible_to(user).filter(origin=Contact.Origin.ADDED)
    return found.order_by("sort_key", "pk")


def with_address(address: str, *, user: "User | Any") -> Contact | None:
    """Return the contact with this address, if ``user`` may see them."""
    return visible_to(user).filter(addresses__address_key=address_key(address)).first()


def conversations_with(
    contact: Contact, *, user: "User | Any"
) -> "ConversationQuerySet":
    """Return the conversations with a contact that ``user`` may read."""
    visible = Conversation.objects.visible_to(user).whole().filter(contact=contact)
    return visible.select_related("mailbox").only(
        "subject", "snippet", "mailbox__name", "folder", "last_message_at"
    )


def complete(text: str, *, user: "User | Any") -> list[Completion]:
    """Return addresses of people whose name or address has words beginning so.

    Added contacts come first. Who wrote nothing but spam, or was only seen by others,
    is not offered.
    """
    words = typed_words(text)
    if not words:
        return []
    wanted = _mail_for(user).exclude(conversation__folder=Folder.SPAM)
    added = beginning_with(words, is_added=True, look_at=GLANCE)
    seen = beginning_with(words, is_added=False, look_at=GLANCE)
    is_member = Exists(Mailbox.objects.visible_to(user))
    rows = ContactAddress.objects.filter(
        Q(is_member, contact__in=added)
        | Q(contact__in=seen.filter(Exists(wanted)).values("pk"))
    )
    # "added" comes before "seen".
    ordered = rows.order_by("contact__origin", "contact__sort_key", "pk")
    columns = ordered.values_list("contact__name", "address")
    return [Completion(*row) for row in columns[:OFFERED]]


def search(text: str, *, user: "User | Any") -> QuerySet[Contact]:
    """Return contacts whose names and addresses have words beginning so, by name."""
    words = typed_words(text)
    if not words:
        return Contact.objects.none()
    found = [
        Q(pk__in=beginning_with(words, is_added=is_added, look_at=LOOK).values("pk"))
        for is_added in (True, False)
    ]
    return visible_to(user).filter(found[0] | found[1]).order_by("sort_key", "pk")


def _mail_for(user: "User | Any") -> QuerySet[Message]:
    """Return what a contact of the outer query wrote that ``user`` may read."""
    return Message.objects.visible_to(user).filter(contact=OuterRef("pk"))
