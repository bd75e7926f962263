"""What is closed, and does not stay so."""

from django.utils.translation import gettext_lazy as _

from wagtail_ecp.metrics.measures.metric import Counted, Metric, count, share
from wagtail_ecp.metrics.models import Fact
from wagtail_ecp.metrics.results import Figure, Result, Unit
from wagtail_ecp.metrics.scope import Scope

COUNTED: tuple[Counted, ...] = (
    ("closed", Fact.Kind.CLOSED, _("Closed")),
    ("reopened", Fact.Kind.REOPENED, _("Reopened later")),
)


def _reopened(scope: Scope) -> Result:
    figures, lines = count(scope, COUNTED)
    closed, reopened = figures
    rate = Figure(
        "rate",
        _("Reopen rate"),
        share(int(reopened.value or 0), int(closed.value or 0)),
        share(int(reopened.before or 0), int(closed.before or 0)),
        Unit.SHARE,
    )
    return Result([rate, *figures], lines)


REOPENED = Metric(
    key="reopened",
    name=_("Reopen rate"),
    definition=_(
        "Closes in the period that did not last: the conversation came back to the inbox"
        " later, by a correspondent or by a member, up to now. Divided by all closes in"
        " the period. It counts on the day of the close, for the member who closed it."
    ),
    measure=_reopened,
    kinds=(Fact.Kind.REOPENED, Fact.Kind.CLOSED),
    is_of_members=True,
)
