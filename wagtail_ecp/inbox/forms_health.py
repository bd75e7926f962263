"""Whether what visitors submit on the site becomes mail."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.findings import SAMPLE, Check, Finding, count, tally
from wagtail_ecp.journal.models import Action

#: For so long a submission that did not become mail is told of.
TOLD: Final = timedelta(days=7)


def _forms(_account: Account) -> Iterator[Finding]:
    stranded = Action.objects.filter(
        kind=Action.Kind.FORM_STRANDED, at__gte=timezone.now() - TOLD
    )
    rows = list(stranded.order_by("-at").values_list("at", "data")[:SAMPLE])
    if rows:
        pages = tally(data.get("title", "") for _at, data in rows)
        yield Finding(
            level="error",
            title=_("Forms of the site"),
            words=_(
                "%(number)s submissions of the last 7 days could not become mail:"
                " %(pages)s. They are kept under Forms of the admin."
            )
            % {"number": count(rows), "pages": pages},
            since=rows[-1][0],
            details="\n".join(dict.fromkeys(data.get("why", "") for _at, data in rows)),
        )


CHECKS: tuple[Check, ...] = (_forms,)
