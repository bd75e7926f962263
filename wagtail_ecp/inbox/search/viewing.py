"""Who asks, and what they may be told of."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.accounts.zones import zone_for
from wagtail_ecp.inbox.models import Conversation, GroupMailboxPermission, Mailbox
from wagtail_ecp.inbox.search.days import Clock

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from wagtail_ecp.inbox.models.conversations import ConversationQuerySet


@dataclass
class Viewer:
    """A member who searches: their mailboxes, and the account's clock."""

    user: "User | Any"
    clock: Clock

    @classmethod
    def of(cls, user: "User | Any") -> Self:
        """Return the viewer, now; days are the account's, not the member's own."""
        zone = zone_for(None, of_account=Account.objects.current().time_zone)
        return cls(user, Clock(timezone.now(), zone))

    @cached_property
    def mailboxes(self) -> dict[str, int]:
        """The numbers of the mailboxes that they may read, by the key of the address."""
        readable = Mailbox.objects.visible_to(self.user).order_by("pk")
        return dict(readable.values_list("address_key", "pk"))

    def conversations(self) -> "ConversationQuerySet":
        """Return whatever they may read."""
        return Conversation.objects.visible_to(self.user)

    def members(self) -> Any:
        """Return the users of whom they may know: who shares or works in a mailbox."""
        numbers = self.mailboxes.values()
        rights = GroupMailboxPermission.objects.filter(mailbox__in=numbers)
        assigned = self.conversations().exclude(assignee=None).order_by()
        known = Q(groups__in=rights.values("group")) | Q(
            pk__in=assigned.values("assignee")
        )
        users = get_user_model()._default_manager.filter(known | Q(pk=self.user.pk))
        return users.distinct()
