"""The whole of health: rows, workers, the clock and the service level's limits."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_ecp.accounts.models import Account, Installation
from wagtail_ecp.billing.usage import usage
from wagtail_ecp.exceptions import ConfigurationError
from wagtail_ecp.inbox import health
from wagtail_ecp.inbox.findings import Check, Finding
from wagtail_ecp.jobs import workers

#: The sweep is due every minute.
LATE = timedelta(minutes=5)


def _queue(_account: Account) -> Iterator[Finding]:
    title = _("Queue and workers")
    try:
        queues = workers.look()
    except workers.UnreachableError as error:
        yield Finding(
            level="error",
            title=title,
            words=_(
                "Redis can't be reached. No mail is lost; it waits until Redis is back."
            ),
            details=str(error),
        )
        return
    idle = [queue for queue in queues if not queue.workers]
    for queue in idle:
        yield Finding(
            level="error",
            title=_("Workers of %(queue)s") % {"queue": queue.name},
            words=_("None is running; start: manage.py rqworker %(queue)s")
            % {"queue": queue.name},
            details=_waiting(queue.waiting),
        )
    if not idle and queues:
        counts = ", ".join(f"{queue.name} {queue.workers}" for queue in queues)
        waiting = _waiting(sum(queue.waiting for queue in queues))
        yield Finding(level="ok", title=title, words=f"{counts}. {waiting}")


def _clock(account: Account) -> Iterator[Finding]:
    if account.exists and account.installation.pause:
        return  # It stands still on purpose.
    found = Installation.objects.first()
    beat_at = found.beat_at if found else None
    if beat_at and timezone.now() - beat_at < LATE:
        yield Finding(level="ok", title=_("Clock"), words=_("Runs."))
        return
    yield Finding(
        level="error",
        title=_("Clock"),
        words=_(
            "Stands still: nothing is fetched. Start: manage.py rqcron"
            " wagtail_ecp.jobs.cron, and a worker of ecp-bg."
        ),
        since=beat_at,
    )


def _limits(account: Account) -> Iterator[Finding]:
    if not account.exists:
        return
    try:
        over = [used for used in usage(account) if used.is_over]
    except ConfigurationError:  # Told of with the service level.
        return
    for used in over:
        yield Finding(
            level="warning",
            title=_("Service level"),
            words=_("More than the level allows. %(usage)s.") % {"usage": used},
        )


#: What the floors below and beside know adds its tuple here.
CHECKS: tuple[Check, ...] = (*health.CHECKS, _queue, _clock, _limits)

_SEVERITY = {"error": 0, "warning": 1, "ok": 2}


def findings() -> list[Finding]:
    """Look at everything, changing nothing; what needs a person comes first."""
    account = Account.objects.select_related("installation", "owner").first()
    found = [one for check in CHECKS for one in check(account or Account())]
    return sorted(found, key=lambda one: _SEVERITY[one.level])


def findings_for(user: object) -> list[Finding]:
    """Return the findings without the words and links that are not for ``user``."""
    found = findings()
    # Many findings are for the same people; each question costs a query or two.
    may_open = {ask: ask(user) for ask in {one.may_open for one in found}}
    return [
        one
        if may_open[one.may_open]
        else dataclasses.replace(one, details="", url="", button="")
        for one in found
    ]


def _waiting(jobs: int) -> str:
    return ngettext("%(number)s job waits.", "%(number)s jobs wait.", jobs) % {
        "number": jobs
    }
