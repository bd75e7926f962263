"""From which pages of the site people write."""

from django.utils.translation import gettext_lazy as _

from wagtail_ecp.metrics.measures.metric import Counted, Metric, count, numbers
from wagtail_ecp.metrics.models import Fact
from wagtail_ecp.metrics.results import Result, Row, Table, Unit
from wagtail_ecp.metrics.scope import Scope

#: Rows of the table: the pages from which most came.
MOST = 50
COUNTED: tuple[Counted, ...] = (("submitted", Fact.Kind.SUBMITTED, _("From forms")),)


def _pages(scope: Scope) -> Result:
    everybody = scope.of_everybody
    figures, lines = count(everybody, COUNTED)
    facts = everybody.facts(Fact.Kind.SUBMITTED)
    found = numbers(facts, "page_number")
    most = sorted(found, key=lambda key: (-found[key], key))[:MOST]
    named = facts.filter(page_number__in=[number for (number,) in most])
    # The latest name of each.
    names = dict(named.order_by("at", "pk").values_list("page_number", "page_title"))
    rows = [Row(names[key[0]], [found[key]], key[0]) for key in most]
    heads = ((_("Conversations"), Unit.NUMBER),)
    return Result(figures, lines, [Table("pages", _("By page"), heads, rows)])


PAGES = Metric(
    key="pages",
    name=_("Conversations by site page"),
    definition=_(
        "Forms on the site's pages that became e-mails, spam left out, by the page. Each"
        " begins a conversation; the name is the page's at the time of the latest."
    ),
    measure=_pages,
    kinds=(Fact.Kind.SUBMITTED,),
)
