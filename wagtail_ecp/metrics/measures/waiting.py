"""Who waits for an answer at this moment, and for how long."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.inbox.models import Conversation, Folder
from wagtail_ecp.metrics.measures.metric import Metric
from wagtail_ecp.metrics.results import Figure, Result, Row, Table, Unit
from wagtail_ecp.metrics.scope import Scope

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

#: For how long at most, in words.
AGES = (
    (HOUR, _("Less than an hour")),
    (4 * HOUR, _("1 to 4 hours")),
    (DAY, _("4 to 24 hours")),
    (3 * DAY, _("1 to 3 days")),
    (7 * DAY, _("3 to 7 days")),
    (None, _("More than 7 days")),
)


def waiting(scope: Scope) -> "QuerySet[Conversation]":
    """Return the conversations that wait, by their index; of a member: theirs."""
    found = (
        Conversation.objects.whole()
        .awake()
        .filter(
            mailbox__in=scope.mailboxes,
            folder=Folder.INBOX,
            waiting_since__isnull=False,
        )
    )
    return found if scope.member is None else found.filter(assignee=scope.member)


def _by_age(scope: Scope) -> Result:
    now = timezone.now()
    counts: dict[str, Any] = {}
    younger = Q()
    for number, (age, _name) in enumerate(AGES):
        within = younger if age is None else younger & Q(waiting_since__gt=now - age)
        counts[f"age{number}"] = Count("pk", filter=within)
        if age is not None:
            younger = Q(waiting_since__lte=now - age)
    found = waiting(scope).order_by().aggregate(oldest=Min("waiting_since"), **counts)
    values = [found[name] for name in counts]
    oldest = found["oldest"]
    seconds = int((now - oldest).total_seconds()) if oldest else None
    rows = [
        Row(name, [number]) for (_age, name), number in zip(AGES, values, strict=True)
    ]
    return Result(
        figures=[
            Figure("waiting", _("Waiting"), sum(values)),
            Figure("longest", _("Longest"), seconds, unit=Unit.SECONDS),
        ],
        tables=[Table("ages", _("By age"), ((_("Conversations"), Unit.NUMBER),), rows)],
    )


WAITING = Metric(
    key="waiting",
    name=_("Waiting now"),
    definition=_(
        "Conversations in the inbox in which a correspondent waits for an answer at this"
        " moment, by the time since the earliest e-mail that nobody has answered. What is"
        " snoozed is left out. Of a member: those that are assigned to them."
    ),
    measure=_by_age,
    is_of_members=True,
    is_of_now=True,
)
