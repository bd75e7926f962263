"""Every model once, so that Django finds them; import them from their rooms."""

from wagtail_ecp.accounts.models import Account, Installation, Letter
from wagtail_ecp.contacts.models import Contact, ContactAddress
from wagtail_ecp.inbox.models import (
    Attachment,
    Blob,
    Conversation,
    FolderCounter,
    GroupMailboxPermission,
    IncomingMail,
    KeptApart,
    Mailbox,
    Merge,
    Message,
    MessageIdentifier,
    Outbox,
    OutboxRecipient,
    OutgoingServer,
    Source,
)
from wagtail_ecp.journal.models import Action

__all__ = [
    "Account",
    "Action",
    "Attachment",
    "Blob",
    "Contact",
    "ContactAddress",
    "Conversation",
    "FolderCounter",
    "GroupMailboxPermission",
    "IncomingMail",
    "Installation",
    "KeptApart",
    "Letter",
    "Mailbox",
    "Merge",
    "Message",
    "MessageIdentifier",
    "Outbox",
    "OutboxRecipient",
    "OutgoingServer",
    "Source",
]
