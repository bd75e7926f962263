"""Every model once, so that Django finds them; import them from their rooms."""

from wagtail_ecp.accounts.models import Account, Installation, Letter
from wagtail_ecp.contacts.models import Contact, ContactAddress
from wagtail_ecp.inbox.models import (
    Alert,
    Attachment,
    Blob,
    Conversation,
    Export,
    FolderCounter,
    GroupMailboxPermission,
    IncomingMail,
    KeptApart,
    Mailbox,
    MemberProfile,
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
    "Alert",
    "Attachment",
    "Blob",
    "Contact",
    "ContactAddress",
    "Conversation",
    "Export",
    "FolderCounter",
    "GroupMailboxPermission",
    "IncomingMail",
    "Installation",
    "KeptApart",
    "Letter",
    "Mailbox",
    "MemberProfile",
    "Merge",
    "Message",
    "MessageIdentifier",
    "Outbox",
    "OutboxRecipient",
    "OutgoingServer",
    "Source",
]
