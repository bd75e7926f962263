"""The one query from which the sidebar is made: a union of small parts."""

from typing import Any, Final

from django.db.models import (
    BigIntegerField,
    CharField,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from wagtail_ecp.accounts.models import Account, Installation
from wagtail_ecp.inbox.models import (
    Alert,
    Folder,
    FolderCounter,
    GroupMailboxPermission,
    Mailbox,
    SavedSearch,
)

#: Kind, number, text, another number.
Row = tuple[str, int, str, int]

#: Of more unread alerts the menu says only that there are more.
MOST_ALERTS: Final = 99
#: So many saved searches are in the menu.
SEARCHES: Final = 30


def rows_of(user: Any) -> list[Row]:
    """Return all that the sidebar tells ``user``, in no order."""
    first, *others = _parts(user)
    # Sorted where it is shown; the first part would bring its model's order along.
    return list(first.union(*others, all=True).order_by())


def _parts(user: Any) -> list[QuerySet[Any, Any]]:
    """Return queries of equal columns: kind, number, text, another number."""
    counters = FolderCounter.objects.filter(
        mailbox=OuterRef("pk"), folder=Folder.INBOX
    ).values("unread")[:1]
    writing = Mailbox.objects.active().open_to(
        user,
        GroupMailboxPermission.Permission.REPLY,
        GroupMailboxPermission.Permission.MANAGE,
    )
    owned = Account.objects.filter(owner=user.pk).values("pk")[:1]
    return [
        _columns(Mailbox.objects.visible_to(user), "mailbox", "name", counters),
        _columns(writing, "writes", "name", None),
        _columns(Account.objects.all(), "account", "time_zone", owned),
        _columns(_unread_alerts(user), "alert", "kind", F("conversation")),
        _columns(Account.objects.exclude(closed_at=None), "closed", "name", None),
        _columns(Account.objects.filter(receives_only=True), "trial", "name", None),
        _columns(
            Account.objects.filter(rss_enabled=True), "feeds", "service_level", None
        ),
        _columns(Installation.objects.all(), "installation", "pause", None),
        _columns(_searches(user), "search", "name", None),
    ]


def _searches(user: Any) -> QuerySet[Any, Any]:
    # SQLite takes no part of a union that is sliced, but one that names a slice.
    offered = SavedSearch.objects.offered_to(user).order_by("name", "pk")
    return SavedSearch.objects.filter(pk__in=offered.values("pk")[:SEARCHES])


def _unread_alerts(user: Any) -> QuerySet[Any, Any]:
    unread = Alert.objects.filter(user=user.pk).unread().visible_to(user)
    some = unread.order_by().values("pk")[: MOST_ALERTS + 1]
    return Alert.objects.filter(pk__in=some)


def _columns(
    rows: QuerySet[Any, Any],
    kind: str,
    text: str,
    number: QuerySet[Any, Any] | F | None,
) -> QuerySet[Any, Any]:
    big = BigIntegerField()
    nothing = Value(0, output_field=big)
    given = (
        Subquery(number, output_field=big) if isinstance(number, QuerySet) else number
    )
    second = nothing if given is None else Coalesce(given, nothing)
    annotated: QuerySet[Any, Any] = rows.order_by().annotate(
        ecp_kind=Value(kind, output_field=CharField()),
        ecp_pk=Cast("pk", big),
        ecp_second=second,
    )
    return annotated.values_list("ecp_kind", "ecp_pk", text, "ecp_second")
