"""The inbox's rows, a module for each idea."""

from wagtail_ecp.inbox.models.alerts import Alert
from wagtail_ecp.inbox.models.conversations import Conversation, KeptApart, Merge
from wagtail_ecp.inbox.models.exports import Export
from wagtail_ecp.inbox.models.ledger import Blob, IncomingMail
from wagtail_ecp.inbox.models.mailboxes import (
    Folder,
    FolderCounter,
    GroupMailboxPermission,
    Mailbox,
)
from wagtail_ecp.inbox.models.messages import Attachment, Message, MessageIdentifier
from wagtail_ecp.inbox.models.outbox import Outbox, OutboxRecipient
from wagtail_ecp.inbox.models.profiles import MemberProfile
from wagtail_ecp.inbox.models.rejudging import Rejudged, Rejudging
from wagtail_ecp.inbox.models.transport import OutgoingServer, Source

__all__ = [
    "Alert",
    "Attachment",
    "Blob",
    "Conversation",
    "Export",
    "Folder",
    "FolderCounter",
    "GroupMailboxPermission",
    "IncomingMail",
    "KeptApart",
    "Mailbox",
    "MemberProfile",
    "Merge",
    "Message",
    "MessageIdentifier",
    "Outbox",
    "OutboxRecipient",
    "OutgoingServer",
    "Rejudged",
    "Rejudging",
    "Source",
]
