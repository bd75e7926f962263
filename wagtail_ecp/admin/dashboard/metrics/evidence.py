"""What is behind a number: its definition, its numbers, and the very cases."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wagtail_ecp.admin.dashboard.access import require_mail
from wagtail_ecp.admin.dashboard.choices import mailboxes_for, members_for
from wagtail_ecp.admin.dashboard.forms import PanelForm, given_by
from wagtail_ecp.admin.dashboard.metrics import sheets
from wagtail_ecp.admin.dashboard.metrics.frame import scope_of
from wagtail_ecp.admin.dashboard.metrics.panel import panel_of
from wagtail_ecp.admin.dashboard.metrics.pictures import headlines, pictures
from wagtail_ecp.admin.dashboard.metrics.writing import written
from wagtail_ecp.admin.dashboard.settings import PanelSettings
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.inbox.cursors import Cursor
from wagtail_ecp.metrics.asking import BY_KEY, measured
from wagtail_ecp.metrics.evidence import Evidence, Page, evidence
from wagtail_ecp.metrics.measures import Metric
from wagtail_ecp.metrics.models import Fact
from wagtail_ecp.metrics.results import Unit
from wagtail_ecp.metrics.scope import Scope

#: Cases that a file has at most.
MOST: Final = 1_000


class Asked(NamedTuple):
    """A metric, and what it is asked of."""

    metric: Metric
    form: PanelForm
    scope: Scope
    kind: Fact.Kind | None
    cursor: Cursor | None

    @property
    def query(self) -> str:
        """What says the same in an address."""
        return urlencode(given_by(self.form.told))


class Row(NamedTuple):
    """A case: when, where, by whom, and how long it took."""

    at: datetime
    url: str
    subject: str
    correspondent: str
    mailbox: str
    by: str
    took: str
    took_in_hours: str


class Choice(NamedTuple):
    """Another kind of case that the metric counts."""

    label: str
    url: str
    is_chosen: bool


@require_safe
def metric(request: AdminRequest, key: str) -> HttpResponse:
    """Show a metric, what it means, and fifty of the cases that it counts."""
    asked = _asked(request, key)
    found = _cases(asked, asked.cursor)
    result = measured(asked.metric, asked.scope)
    after = f"{asked.query}&kind={asked.kind or ''}&after={found.following}"
    return page(
        request,
        "dashboard/metric.html",
        crumbs=[
            (_("Dashboard"), reverse("wagtail_ecp:dashboard")),
            (str(asked.metric.name), ""),
        ],
        context={
            "metric": asked.metric,
            "form": asked.form,
            "query": asked.query,
            "headlines": headlines(result),
            "is_of_now": asked.metric.is_of_now,
            "pictures": pictures(result),
            "kinds": _kinds(asked),
            "rows": [_row(case, asked.scope) for case in found.rows],
            "older_url": f"?{after}" if found.following else "",
            "is_later_page": asked.cursor is not None,
        },
    )


@require_safe
def numbers_csv(request: AdminRequest, key: str) -> HttpResponse:
    """Send what a metric says as a file for spreadsheets."""
    asked = _asked(request, key)
    rows = sheets.numbers(measured(asked.metric, asked.scope))
    return sheets.file(f"{asked.metric.key}.csv", rows)


@require_safe
def cases_csv(request: AdminRequest, key: str) -> HttpResponse:
    """Send the latest thousand of the cases as a file for spreadsheets."""
    asked = _asked(request, key)
    cases: list[Evidence] = []
    cursor, goes_on = None, True
    while goes_on and len(cases) < MOST:
        found = _cases(asked, cursor)
        cases += found.rows
        cursor, goes_on = found.following, found.following is not None
    rows = sheets.cases(cases[:MOST], asked.scope)
    return sheets.file(f"{asked.metric.key}-cases.csv", rows)


def _asked(request: AdminRequest, key: str) -> Asked:
    """Return what the address asks; of nonsense the form says what is wrong."""
    require_mail(request)
    found = BY_KEY.get(key)
    if found is None:
        raise Http404
    form = PanelForm(
        given_by(PanelSettings()) | request.GET.dict(),
        kind=panel_of(found),
        told=PanelSettings(),
        mailboxes=mailboxes_for(request, for_all=False),
        members=members_for(request, for_all=False),
    )
    if not form.is_valid():
        form.told = PanelSettings()
    kind = request.GET.get("kind", "")
    return Asked(
        found,
        form,
        scope_of(request.user, form.told),
        next((one for one in found.kinds if one == kind), None),
        Cursor.read(request.GET.get("after", "")),
    )


def _cases(asked: Asked, cursor: Cursor | None) -> Page:
    return evidence(asked.metric, asked.scope, kind=asked.kind, after=cursor)


def _kinds(asked: Asked) -> Sequence[Choice]:
    kinds = asked.metric.kinds
    chosen = asked.kind or next(iter(kinds), None)
    return [
        Choice(str(kind.label), f"?{asked.query}&kind={kind}", kind == chosen)
        for kind in kinds
    ]


def _row(case: Evidence, scope: Scope) -> Row:
    found, fact = case.conversation, case.fact
    return Row(
        at=case.at,
        url=reverse("wagtail_ecp:conversation", args=[found.pk]),
        subject=found.subject or _("(no subject)"),
        correspondent=found.correspondent,
        mailbox=scope.names.get(found.mailbox_id, ""),
        by=fact.user_name if fact else "",
        took=_took(fact.seconds if fact else None),
        took_in_hours=_took(fact.business_seconds if fact else None),
    )


def _took(seconds: int | None) -> str:
    return "" if seconds is None else written(seconds, Unit.SECONDS)
