"""The lists of conversations: small equals, each read from one index in its order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import Subquery
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.inbox.cursors import Cursor, Order
from wagtail_ecp.inbox.list_filters import Filter
from wagtail_ecp.inbox.models import Conversation, Folder, Star
from wagtail_ecp.inbox.models.conversations import ConversationQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django_stubs_ext import StrOrPromise

Narrow = Callable[[ConversationQuerySet, "User | Any"], ConversationQuerySet]

NEWEST: Final = Order("last_message_at")


@dataclass(frozen=True, slots=True)
class List:
    """One kind of list: what it holds of a mailbox for a member, in which order.

    ``narrow`` says all that the condition of its index does, and the order is that
    index's, so that a page of it is read where it stands.
    """

    name: str
    label: "StrOrPromise"
    narrow: Narrow
    order: Order = NEWEST


def _folder(
    found: ConversationQuerySet, _user: "User | Any", *, folder: Folder
) -> ConversationQuerySet:
    return found.awake().filter(folder=folder)


def _mine(found: ConversationQuerySet, user: "User | Any") -> ConversationQuerySet:
    return found.awake().filter(folder=Folder.INBOX, assignee=user.pk)


def _unassigned(
    found: ConversationQuerySet, _user: "User | Any"
) -> ConversationQuerySet:
    return found.awake().filter(folder=Folder.INBOX, assignee=None)


def _waiting(found: ConversationQuerySet, _user: "User | Any") -> ConversationQuerySet:
    inbox = found.awake().filter(folder=Folder.INBOX)
    return inbox.filter(waiting_since__isnull=False)


def _starred(found: ConversationQuerySet, user: "User | Any") -> ConversationQuerySet:
    # Not by a join, which SQLite may begin at the mailbox.
    stars = Star.objects.filter(user=user.pk)
    return found.filter(pk__in=stars.values("conversation"))


def _snoozed(found: ConversationQuerySet, _user: "User | Any") -> ConversationQuerySet:
    return found.filter(snoozed_until__isnull=False)


def _sent(found: ConversationQuerySet, _user: "User | Any") -> ConversationQuerySet:
    return found.filter(last_answer_at__isnull=False)


def _of_folder(folder: Folder) -> List:
    return List(folder.value, folder.label, partial(_folder, folder=folder))


LISTS: tuple[List, ...] = (
    _of_folder(Folder.INBOX),
    List(
        "waiting",
        _("Waiting longest"),
        _waiting,
        Order("waiting_since", is_newest_first=False),
    ),
    List("mine", _("Mine"), _mine),
    List("unassigned", _("Unassigned"), _unassigned),
    List("starred", _("Starred"), _starred),
    List(
        "snoozed", _("Snoozed"), _snoozed, Order("snoozed_until", is_newest_first=False)
    ),
    List("sent", _("Sent"), _sent, Order("last_answer_at")),
    _of_folder(Folder.ARCHIVE),
    _of_folder(Folder.SPAM),
    _of_folder(Folder.TRASH),
)
BY_NAME: dict[str, List] = {kind.name: kind for kind in LISTS}


class Neighbours(NamedTuple):
    """The numbers of the conversations beside one; None at an end of the list."""

    previous: int | None
    next: int | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as one member reads it, over mailboxes that they are known to read."""

    kind: List
    user: "User | Any"
    mailboxes: tuple[int, ...]
    filters: tuple[Filter, ...] = ()

    def everything(self) -> ConversationQuerySet:
        """Return all that it holds, in no order: for whoever works through it."""
        visible = Conversation.objects.visible_to(self.user)
        return self._narrowed(visible.filter(mailbox__in=self.mailboxes))

    def rows(self, *, most: int, beyond: Cursor | None = None) -> ConversationQuerySet:
        """Return as many rows at most, from after the cursor on, in order."""
        return self._rows(self.kind.order, most=most, beyond=beyond)

    def newer(self, top: Cursor, *, most: int) -> list[int]:
        """Return the numbers of what came before ``top`` since, the nearest first."""
        found = self._rows(self.kind.order.backwards, most=most, beyond=top)
        return list(found.values_list("pk", flat=True))

    def neighbours(self, conversation: Conversation) -> Neighbours:
        """Return what lies beside a conversation, also if it just left the list.

        Two look-ups in the index, asked for at once; nothing beside what has lost its
        place, as one that was woken has among the snoozed.
        """
        cursor = self.kind.order.cursor(conversation)
        if cursor is None:
            return Neighbours(None, None)
        order = self.kind.order
        before = self._rows(order.backwards, most=1, beyond=cursor)
        after = self._rows(order, most=1, beyond=cursor)
        found = Conversation.objects.filter(pk=conversation.pk).values_list(
            Subquery(before.values("pk")), Subquery(after.values("pk"))
        )
        return Neighbours(*found.get())

    def _rows(
        self, order: Order, *, most: int, beyond: Cursor | None
    ) -> ConversationQuerySet:
        arms = [
            self._arm(mailbox, order, beyond=beyond)[:most]
            for mailbox in self.mailboxes
        ]
        if len(arms) == 1:
            return arms[0]
        return order.sort(Conversation.objects.filter(pk__in=_either(arms)))[:most]

    def _arm(
        self, mailbox: int, order: Order, *, beyond: Cursor | None
    ) -> ConversationQuerySet:
        found = self._narrowed(Conversation.objects.filter(mailbox=mailbox))
        return order.sort(order.beyond(beyond, found) if beyond else found)

    def _narrowed(self, found: ConversationQuerySet) -> ConversationQuerySet:
        found = self.kind.narrow(found.whole(), self.user)
        for chosen in self.filters:
            found = chosen.narrow(found, self.user)
        return found


def _either(arms: Sequence[ConversationQuerySet]) -> Any:
    """Return the numbers of what any of these has, each read from its own index.

    Over several mailboxes at once a database would sort all that they hold. SQLite
    takes no part of a union that is sliced, but one that names a slice.
    """
    numbers = [
        Conversation.objects.filter(pk__in=arm.values("pk")).values("pk")
        for arm in arms
    ]
    return numbers[0].union(*numbers[1:], all=True) if numbers else ()
