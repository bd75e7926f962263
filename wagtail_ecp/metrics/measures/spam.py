"""How the spam filter does."""

from django.utils.translation import gettext_lazy as _

from wagtail_ecp.metrics.measures.metric import Counted, Metric, count
from wagtail_ecp.metrics.models import Fact
from wagtail_ecp.metrics.results import Result
from wagtail_ecp.metrics.scope import Scope

COUNTED: tuple[Counted, ...] = (
    ("caught", Fact.Kind.CAUGHT, _("Caught")),
    ("rescued", Fact.Kind.RESCUED, _("Rescued")),
    ("missed", Fact.Kind.MISSED, _("Missed")),
)


def _spam(scope: Scope) -> Result:
    return Result(*count(scope.of_everybody, COUNTED))


SPAM = Metric(
    key="spam",
    name=_("Spam caught and rescued"),
    definition=_(
        "Caught: e-mails that the filter's last word takes for spam, on the day when they"
        " were written. Rescued: those of them of which a member said that they are none,"
        " or which a member answered, on that day. Missed: e-mails that the filter let"
        " through and a member marked, on that day. A mark that was taken back counts"
        " for nothing."
    ),
    measure=_spam,
    kinds=(Fact.Kind.CAUGHT, Fact.Kind.RESCUED, Fact.Kind.MISSED),
)
