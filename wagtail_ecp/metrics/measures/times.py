"""How long things took: the median first, then the 90th percentile, then the mean."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from wagtail_ecp.metrics.measures.metric import Metric, columns_of, points
from wagtail_ecp.metrics.models import Fact
from wagtail_ecp.metrics.results import Figure, Line, Result, Unit
from wagtail_ecp.metrics.scope import Scope
from wagtail_ecp.metrics.spread import Spread, durations


def _taking(kind: Fact.Kind) -> Callable[[Scope], Result]:
    """Return what measures how long facts of this kind took."""

    def measure(scope: Scope) -> Result:
        found = durations(scope.facts(kind), *columns_of(scope.period))
        before = durations(scope.before.facts(kind), "day").spreads
        calendar, business = found.spreads
        medians = points(scope, found.medians())
        return Result(
            figures=[
                *_figures(calendar, before[0], prefix=""),
                *_figures(business, before[1], prefix="business_"),
            ],
            lines=[Line("median", _("Median"), medians, Unit.SECONDS)],
        )

    return measure


NAMES = {
    "median": _("Median"),
    "p90": _("90th percentile"),
    "mean": _("Mean"),
    "number": _("Number"),
    "business_median": _("Median in business hours"),
    "business_p90": _("90th percentile in business hours"),
    "business_mean": _("Mean in business hours"),
}


def _figures(now: Spread, before: Spread, *, prefix: str) -> list[Figure]:
    figures = [
        Figure(key, NAMES[key], getattr(now, name), getattr(before, name), Unit.SECONDS)
        for name in ("median", "p90", "mean")
        for key in (f"{prefix}{name}",)
    ]
    if not prefix:
        figures.append(Figure("number", NAMES["number"], now.number, before.number))
    return figures


FIRST_RESPONSE = Metric(
    key="first-response",
    name=_("First response time"),
    definition=_(
        "From the first e-mail of a conversation that a person began by writing to us, to"
        " the first answer that a member sent. It counts on the day of the answer, for"
        " the member who sent it."
    ),
    measure=_taking(Fact.Kind.FIRST_RESPONSE),
    kinds=(Fact.Kind.FIRST_RESPONSE,),
    is_of_members=True,
)

RESPONSE = Metric(
    key="response",
    name=_("Response time"),
    definition=_(
        "For each turn of a correspondent: from the earliest e-mail that nobody had"
        " answered yet, to the answer. A second answer without new mail is no response."
        " It counts on the day of the answer, for the member who sent it."
    ),
    measure=_taking(Fact.Kind.RESPONSE),
    kinds=(Fact.Kind.RESPONSE,),
    is_of_members=True,
)

FIRST_RESOLUTION = Metric(
    key="first-resolution",
    name=_("Time to first resolution"),
    definition=_(
        "From the first e-mail of a conversation that a person began by writing to us, to"
        " the first time that somebody closed it by putting it into the archive. It counts"
        " on the day of that close, also if the conversation was opened again later."
    ),
    measure=_taking(Fact.Kind.RESOLVED_FIRST),
    kinds=(Fact.Kind.RESOLVED_FIRST,),
    is_of_members=True,
)

RESOLUTION = Metric(
    key="resolution",
    name=_("Resolution time"),
    definition=_(
        "From the first e-mail of a conversation that a person began by writing to us, to"
        " its last close. What is open again has no last close; it counts on the day of"
        " the close that holds."
    ),
    measure=_taking(Fact.Kind.RESOLVED),
    kinds=(Fact.Kind.RESOLVED,),
    is_of_members=True,
)
