"""Where the work lies: by mailbox, by tag and by who answers."""

from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.inbox.models import Conversation, ConversationTag
from wagtail_ecp.metrics.measures.metric import Metric
from wagtail_ecp.metrics.models import Fact
from wagtail_ecp.metrics.results import Result, Row, Table, Unit
from wagtail_ecp.metrics.scope import Scope

#: Rows of a table: the largest.
MOST = 50
HEADS = ((_("Conversations"), Unit.NUMBER),)


def _breakdown(scope: Scope) -> Result:
    return Result(
        tables=[
            Table("mailboxes", _("By mailbox"), HEADS, _by_mailbox(scope)),
            Table("tags", _("By tag"), HEADS, _by_tag(scope)),
            Table("assignees", _("By assignee"), HEADS, _by_assignee(scope)),
        ]
    )


def _numbers(scope: Scope) -> Any:
    facts = scope.of_everybody.facts(Fact.Kind.RECEIVED)
    return facts.order_by().values("conversation_number")


def _by_mailbox(scope: Scope) -> list[Row]:
    facts = scope.of_everybody.facts(Fact.Kind.RECEIVED).order_by()
    conversations = Count("conversation_number", distinct=True)
    found = dict(facts.values_list("mailbox_number").annotate(number=conversations))
    return [
        Row(scope.names[number], [found.get(number, 0)], number)
        for number in scope.mailboxes
    ]


def _by_tag(scope: Scope) -> list[Row]:
    tagged = ConversationTag.objects.filter(
        conversation__in=_numbers(scope), conversation__mailbox__in=list(scope.names)
    )
    rows = tagged.values("tag", "tag__name").annotate(number=Count("*"))
    return [
        Row(row["tag__name"], [row["number"]], row["tag"])
        for row in rows.order_by("-number", "tag__name")[:MOST]
    ]


def _by_assignee(scope: Scope) -> list[Row]:
    there = Conversation.objects.filter(
        pk__in=_numbers(scope), mailbox__in=list(scope.names)
    )
    rows = there.order_by().values("assignee", "assignee_name")
    counted = rows.annotate(number=Count("*")).order_by("-number", "assignee_name")
    return [
        Row(row["assignee_name"] or _now("Nobody"), [row["number"]], row["assignee"])
        for row in counted[:MOST]
    ]


BREAKDOWN = Metric(
    key="breakdown",
    name=_("Mailboxes, tags and assignees"),
    definition=_(
        "Conversations that got mail in the period, spam left out: by the mailbox where it"
        " came in, and by the tags and the assignee that they have now. A conversation"
        " with several tags counts under each."
    ),
    measure=_breakdown,
    kinds=(Fact.Kind.RECEIVED,),
)
