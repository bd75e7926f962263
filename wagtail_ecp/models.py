"""Every model once, so that Django finds them; import them from their rooms."""

from wagtail_ecp.accounts.models import Account, Installation, Letter
from wagtail_ecp.billing.models import (
    BillingDetails,
    Invoice,
    InvoiceLine,
    LevelHeld,
)
from wagtail_ecp.billing.stripe.models import StripeCustomer, StripeEvent
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
    Rejudged,
    Rejudging,
    Source,
)
from wagtail_ecp.journal.models import Action
from wagtail_ecp.setup.models import Setup
from wagtail_ecp.spam.models import Mark, Score, ScoreTally, SpamModel

__all__ = [
    "Account",
    "Action",
    "Alert",
    "Attachment",
    "BillingDetails",
    "Blob",
    "Contact",
    "ContactAddress",
    "Conversation",
    "Export",
    "FolderCounter",
    "GroupMailboxPermission",
    "IncomingMail",
    "Installation",
    "Invoice",
    "InvoiceLine",
    "KeptApart",
    "Letter",
    "LevelHeld",
    "Mailbox",
    "Mark",
    "MemberProfile",
    "Merge",
    "Message",
    "MessageIdentifier",
    "Outbox",
    "OutboxRecipient",
    "OutgoingServer",
    "Rejudged",
    "Rejudging",
    "Score",
    "ScoreTally",
    "Setup",
    "Source",
    "SpamModel",
    "StripeCustomer",
    "StripeEvent",
]
