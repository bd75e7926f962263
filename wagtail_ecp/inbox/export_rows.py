"""What an export says beside the raw mail: a row of small equals, one for each file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Model, Prefetch, Q, QuerySet

from wagtail_ecp.accounts.models import Account, Letter
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox.models import (
    Conversation,
    ConversationTag,
    DashboardPanel,
    Draft,
    FileLink,
    Follow,
    FormOrigin,
    GroupMailboxPermission,
    IncomingMail,
    KeptApart,
    Mailbox,
    MemberProfile,
    Merge,
    Message,
    Note,
    Outbox,
    OutgoingServer,
    SavedSearch,
    Source,
    Star,
    Subscription,
    Tag,
    TrustedImages,
)
from wagtail_ecp.journal.models import Action
from wagtail_ecp.spam.models import Mark, Score

#: Credentials never leave, and what only machines here can read means nothing elsewhere.
LEFT_OUT = frozenset(
    {
        *("secret", "lease_owner", "lease_until", "lease_epoch", "owner_state"),
        *("features", "is_tallied", "is_to_be_indexed", "token_hash", "nonce"),
        "is_to_be_counted",
    }
)
CHUNK = 500

Row = dict[str, Any]


def columns(row: Model) -> Row:
    """Return what the row's own columns hold, by name; references as numbers."""
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in LEFT_OUT
    }


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One file of rows; ``of_mailbox`` are the lookups that lead to a mailbox."""

    name: str
    rows: Callable[[], "QuerySet[Any]"]
    of_mailbox: tuple[str, ...] = ()
    more: Callable[[Any], Row] = lambda _row: {}
    whole_row: bool = True

    def read(self, only: Mailbox | None = None) -> Iterator[Row]:
        """Yield every row, lowest key first; with ``only`` what concerns a mailbox."""
        return (row for _key, row in self.read_after(None, only=only))

    def read_after(
        self, key: Any, *, only: Mailbox | None = None
    ) -> Iterator[tuple[Any, Row]]:
        """Yield the rows with higher keys than ``key`` (None: all), with their keys."""
        rows = self.rows()
        if key is not None:
            rows = rows.filter(pk__gt=key)
        if only:
            concerns = Q(pk__in=())
            for lookup in self.of_mailbox:
                concerns |= Q(**{lookup: only.pk})
            rows = rows.filter(pk__in=rows.order_by().filter(concerns).values("pk"))
        for row in rows.order_by("pk").iterator(chunk_size=CHUNK):
            yield row.pk, (columns(row) if self.whole_row else {}) | self.more(row)


def _members() -> "QuerySet[Any]":
    users = get_user_model()._default_manager.prefetch_related("groups")
    having_rights = GroupMailboxPermission.objects.values("group__user")
    owners = Account.objects.values("owner")
    return users.filter(Q(pk__in=having_rights) | Q(pk__in=owners))


def _member(user: Any) -> Row:
    return {
        "id": user.pk,
        "username": user.get_username(),
        "name": getattr(user, "get_full_name", str)(),
        "email": getattr(user, user.get_email_field_name(), ""),
        "is_active": user.is_active,
        "groups": [group.name for group in user.groups.all()],
    }


def _conversations() -> "QuerySet[Any]":
    messages = Message.objects.only("conversation_id", "at").order_by("at", "id")
    return Conversation.objects.prefetch_related(Prefetch("messages", messages))


def _parts(related_name: str) -> Callable[[Any], Row]:
    """Return what adds a row's parts, under the name of the relation."""
    return lambda row: {
        related_name: [columns(part) for part in getattr(row, related_name).all()]
    }


def _upstairs(model: str, *parts: str) -> Callable[[], "QuerySet[Any]"]:
    """Return what reads rows of a room that is a floor above this one."""
    return lambda: (
        apps.get_model("wagtail_ecp", model)
        ._default_manager.order_by("pk")
        .prefetch_related(*parts)
    )


KINDS = (
    Kind(name="account", rows=Account.objects.all),
    Kind(name="letters", rows=Letter.objects.all),
    Kind(
        name="members",
        rows=_members,
        of_mailbox=("groups__mailbox_permissions__mailbox",),
        more=_member,
        whole_row=False,
    ),
    Kind(
        name="outgoing_servers",
        rows=OutgoingServer.objects.all,
        of_mailbox=("mailboxes",),
    ),
    Kind(name="mailboxes", rows=Mailbox.objects.all, of_mailbox=("pk",)),
    Kind(
        name="rights",
        rows=lambda: GroupMailboxPermission.objects.select_related("group"),
        of_mailbox=("mailbox",),
        more=lambda right: {"group": right.group.name},
    ),
    Kind(name="sources", rows=Source.objects.all, of_mailbox=("mailbox",)),
    Kind(
        name="contacts",
        rows=lambda: Contact.objects.prefetch_related("addresses"),
        of_mailbox=("messages__mailbox", "conversations__mailbox"),
        more=_parts("addresses"),
    ),
    Kind(
        name="conversations",
        rows=_conversations,
        of_mailbox=("mailbox",),
        more=lambda row: {"messages": [message.pk for message in row.messages.all()]},
    ),
    Kind(
        name="messages",
        rows=lambda: Message.objects.prefetch_related("attachments"),
        of_mailbox=("mailbox", "conversation__mailbox"),
        more=_parts("attachments"),
    ),
    Kind(
        name="spam_scores",
        rows=Score.objects.all,
        of_mailbox=("message__mailbox", "message__conversation__mailbox"),
    ),
    Kind(
        name="spam_marks",
        rows=lambda: Mark.objects.defer("features"),
        of_mailbox=("message__mailbox", "message__conversation__mailbox"),
    ),
    Kind(name="incoming_mail", rows=IncomingMail.objects.all, of_mailbox=("mailbox",)),
    Kind(
        name="outbox",
        rows=lambda: Outbox.objects.prefetch_related("recipients"),
        of_mailbox=("message__mailbox", "message__conversation__mailbox"),
        more=_parts("recipients"),
    ),
    Kind(
        name="merges",
        rows=Merge.objects.all,
        of_mailbox=("kept__mailbox", "gone__mailbox"),
    ),
    Kind(
        name="kept_apart",
        rows=KeptApart.objects.all,
        of_mailbox=("lower__mailbox", "higher__mailbox"),
    ),
    Kind(name="tags", rows=Tag.objects.all),
    Kind(
        name="conversation_tags",
        rows=ConversationTag.objects.all,
        of_mailbox=("conversation__mailbox",),
    ),
    Kind(
        name="notes",
        rows=lambda: Note.objects.prefetch_related("mentioned"),
        of_mailbox=("conversation__mailbox",),
        more=lambda row: {"mentioned": [user.pk for user in row.mentioned.all()]},
    ),
    Kind(
        name="stars",
        rows=Star.objects.all,
        of_mailbox=("conversation__mailbox",),
    ),
    Kind(
        name="follows",
        rows=Follow.objects.all,
        of_mailbox=("conversation__mailbox",),
    ),
    Kind(
        name="drafts",
        rows=lambda: Draft.objects.prefetch_related("files"),
        of_mailbox=("mailbox",),
        more=_parts("files"),
    ),
    Kind(
        name="file_links",
        rows=FileLink.objects.all,
        of_mailbox=("message__mailbox", "message__conversation__mailbox"),
    ),
    Kind(
        name="form_origins",
        rows=FormOrigin.objects.all,
        of_mailbox=("incoming__mailbox",),
    ),
    Kind(name="saved_searches", rows=SavedSearch.objects.all),
    Kind(
        name="subscriptions",
        rows=Subscription.objects.all,
        of_mailbox=("mailbox", "conversation__mailbox"),
    ),
    Kind(name="dashboard_panels", rows=DashboardPanel.objects.all),
    Kind(name="trusted_images", rows=TrustedImages.objects.all),
    Kind(
        name="business_hours",
        rows=_upstairs("BusinessHours"),
        of_mailbox=("mailbox",),
    ),
    Kind(name="billing_details", rows=_upstairs("BillingDetails")),
    Kind(name="levels_held", rows=_upstairs("LevelHeld")),
    Kind(
        name="invoices",
        rows=_upstairs("Invoice", "lines"),
        more=_parts("lines"),
    ),
    Kind(
        name="profiles",
        rows=lambda: MemberProfile.objects.prefetch_related("alert_mailboxes"),
        of_mailbox=("user__groups__mailbox_permissions__mailbox",),
        more=lambda row: {
            "alert_mailboxes": [mailbox.pk for mailbox in row.alert_mailboxes.all()]
        },
    ),
    Kind(name="actions", rows=Action.objects.all, of_mailbox=("mailbox_number",)),
)
