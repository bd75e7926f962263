"""Who asks, and what they may be told of."""

from collections.abc import Iterable
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
    #: The numbers of the mailboxes that they may read.
    mailboxes: tuple[int, ...]
    #: Whether what rules name is looked up by the search's own statement: a rule that
    #: names what is gone finds nothing then, as ever, and nobody is told why.
    asks_once: bool = False

    @classmethod
    def of(cls, user: "User | Any") -> Self:
        """Return the viewer, now; days are the account's, not the member's own."""
        readable = Mailbox.objects.visible_to(user).order_by("pk")
        numbers = tuple(readable.values_list("pk", flat=True))
        return cls.known(user, numbers, zone=Account.objects.current().time_zone)

    @classmethod
    def known(
        cls,
        user: "User | Any",
        mailboxes: Iterable[int],
        *,
        zone: str,
        asks_once: bool = False,
    ) -> Self:
        """Return the viewer of whom mailboxes and the account's zone are known."""
        clock = Clock(timezone.now(), zone_for(None, of_account=zone))
        return cls(user, clock, tuple(mailboxes), asks_once)

    @cached_property
    def addresses(self) -> dict[str, int]:
        """The numbers of these mailboxes by the keys of their addresses."""
        readable = Mailbox.objects.visible_to(self.user)
        return dict(readable.values_list("address_key", "pk"))

    def conversations(self) -> "ConversationQuerySet":
        """Return whatever they may read."""
        return Conversation.objects.visible_to(self.user)

    def members(self) -> Any:
        """Return the users of whom they may know: who shares or works in a mailbox."""
        rights = GroupMailboxPermission.objects.filter(mailbox__in=self.mailboxes)
        assigned = self.conversations().exclude(assignee=None).order_by()
        known = Q(groups__in=rights.values("group")) | Q(
            pk__in=assigned.values("assignee")
        )
        users = get_user_model()._default_manager.filter(known | Q(pk=self.user.pk))
        return users.distinct()
