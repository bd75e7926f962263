"""The inbox's rows, a module for each idea."""

from wagtail_ecp.inbox.models.alerts import Alert
from wagtail_ecp.inbox.models.attention import Follow, Presence, Star, TrustedImages
from wagtail_ecp.inbox.models.bulk import BulkChange, BulkItem
from wagtail_ecp.inbox.models.conversations import (
    UNTIL_REPLY,
    Conversation,
    ConversationTag,
    KeptApart,
    Merge,
)
from wagtail_ecp.inbox.models.dashboards import (
    Announcement,
    DashboardPanel,
    LastSeen,
    UpdateRead,
)
from wagtail_ecp.inbox.models.drafts import Draft, DraftFile, FileLink
from wagtail_ecp.inbox.models.exports import Export
from wagtail_ecp.inbox.models.ledger import Blob, IncomingMail
from wagtail_ecp.inbox.models.mailboxes import (
    SNOOZED,
    AssigneeCounter,
    Folder,
    FolderCounter,
    GroupMailboxPermission,
    Mailbox,
)
from wagtail_ecp.inbox.models.messages import Attachment, Message, MessageIdentifier
from wagtail_ecp.inbox.models.notes import Note
from wagtail_ecp.inbox.models.origins import FormOrigin
from wagtail_ecp.inbox.models.outbox import Outbox, OutboxRecipient
from wagtail_ecp.inbox.models.profiles import MemberProfile, Then
from wagtail_ecp.inbox.models.rejudging import Rejudged, Rejudging
from wagtail_ecp.inbox.models.saved_searches import SavedSearch
from wagtail_ecp.inbox.models.subscriptions import Subscription
from wagtail_ecp.inbox.models.tags import Tag
from wagtail_ecp.inbox.models.transport import OutgoingServer, Source

__all__ = [
    "SNOOZED",
    "UNTIL_REPLY",
    "Alert",
    "Announcement",
    "AssigneeCounter",
    "Attachment",
    "Blob",
    "BulkChange",
    "BulkItem",
    "Conversation",
    "ConversationTag",
    "DashboardPanel",
    "Draft",
    "DraftFile",
    "Export",
    "FileLink",
    "Folder",
    "FolderCounter",
    "Follow",
    "FormOrigin",
    "GroupMailboxPermission",
    "IncomingMail",
    "KeptApart",
    "LastSeen",
    "Mailbox",
    "MemberProfile",
    "Merge",
    "Message",
    "MessageIdentifier",
    "Note",
    "Outbox",
    "OutboxRecipient",
    "OutgoingServer",
    "Presence",
    "Rejudged",
    "Rejudging",
    "SavedSearch",
    "Source",
    "Star",
    "Subscription",
    "Tag",
    "Then",
    "TrustedImages",
    "UpdateRead",
]
