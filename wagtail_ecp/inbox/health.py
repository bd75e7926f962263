"""What works, since when, and what needs a person: as far as rows tell.

Each check looks at one thing with a bounded number of queries and yields findings;
``jobs.health`` adds what lies above this room and puts all together.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.exceptions import ConfigurationError
from wagtail_ecp.inbox import (
    account_health,
    encryption,
    forms_health,
    permissions,
    spam_health,
)
from wagtail_ecp.inbox.findings import (
    NAMED,
    SAMPLE,
    Check,
    Finding,
    Level,
    count,
    is_still,
    tally,
)
from wagtail_ecp.inbox.models import IncomingMail, Mailbox, Outbox, Source

SLOW, STUCK = timedelta(minutes=5), timedelta(minutes=30)
UNVISITED = timedelta(hours=1)


def _encryption(account: Account) -> Iterator[Finding]:
    if not _demands_ssl(account):
        return
    for stop in encryption.would_stop():
        url = reverse(stop.edit_url_name, args=[stop.pk]) if stop.edit_url_name else ""
        yield Finding(
            level="error",
            title=stop.label,
            words=_("Stopped, because all mail has to be encrypted: %(reason)s")
            % {"reason": stop.reason},
            url=url,
            button=_("Edit") if url else "",
        )


def _sources(account: Account) -> Iterator[Finding]:
    sources = Source.objects.filter(is_active=True, mailbox__is_active=True)
    sources = sources.select_related("mailbox").order_by("pk")
    if _demands_ssl(account):  # Those that can't are told of with the reason.
        sources = sources.exclude(security=Source.Security.NONE)
    rows = list(sources)
    troubled = [row for row in rows if row.last_error or _is_unvisited(account, row)]
    for source in troubled:
        yield _troubled_source(source)
    working = len(rows) - len(troubled)
    if working:
        yield Finding(
            level="ok",
            title=_("Sources"),
            words=ngettext(
                "%(number)s source is fetched.",
                "%(number)s sources are fetched.",
                working,
            )
            % {"number": working},
        )


def _troubled_source(source: Source) -> Finding:
    words = _("Can't be fetched.") if source.last_error else _("Is not visited.")
    if source.last_success_at is None:
        words = _("Was never fetched.")
    return Finding(
        level="error" if source.last_error else "warning",
        title=_("Source “%(name)s” of %(mailbox)s")
        % {"name": source.name, "mailbox": source.mailbox.name},
        words=words,
        since=source.last_success_at,
        details=source.last_error,
        url=reverse("ecp_sources:edit", args=[source.pk]),
        button=_("Edit the source"),
    )


def _is_unvisited(account: Account, source: Source) -> bool:
    if is_still(account):
        return False
    seen = source.last_success_at
    return seen is None or timezone.now() - seen > UNVISITED


def _outgoing(_account: Account) -> Iterator[Finding]:
    """Answers that servers would not take yet, by server."""
    waiting = Outbox.objects.filter(state=Outbox.State.QUEUED).exclude(error="")
    rows = waiting.select_related("message__mailbox__outgoing_server")
    by_server: dict[Any, list[Outbox]] = {}
    for row in rows.order_by("next_try_at")[:SAMPLE]:
        server = row.message.mailbox.outgoing_server
        by_server.setdefault(server, []).append(row)
    for server, found in by_server.items():
        url = reverse("ecp_outgoing_servers:edit", args=[server.pk]) if server else ""
        yield Finding(
            level="warning",
            title=_("Outgoing server “%(name)s”") % {"name": server.name}
            if server
            else _("The site's e-mail settings"),
            words=_("Answers wait and are tried again: %(number)s.")
            % {"number": count(found)},
            since=min(row.queued_at for row in found),
            details=found[0].error,
            url=url,
            button=_("Edit the server") if url else "",
        )
    if not by_server:
        yield Finding(
            level="ok", title=_("Outgoing servers"), words=_("No answer waits for one.")
        )


def _unprocessed(account: Account) -> Iterator[Finding]:
    """Find the oldest mail that should be on its way by now, in and out."""
    if is_still(account):
        return
    oldest = IncomingMail.objects.waiting().order_by("pk").first()
    since = oldest.received_at if oldest else None
    yield _waiting(_("Incoming mail"), since, url=reverse("wagtail_ecp:incoming_mail"))
    due = Outbox.objects.due().order_by("next_try_at").first()
    yield _waiting(_("Outgoing mail"), due.next_try_at if due else None)


def _waiting(title: str, since: datetime | None, *, url: str = "") -> Finding:
    age = timezone.now() - since if since else timedelta()
    if age < SLOW:
        return Finding(level="ok", title=title, words=_("Nothing has to wait."))
    return Finding(
        level="error" if age >= STUCK else "warning",
        title=title,
        words=_("Mail waits for a worker."),
        since=since,
        url=url,
        button=_("Incoming mail") if url else "",
    )


def _quarantine(_account: Account) -> Iterator[Finding]:
    states: dict[str, tuple[Level, str]] = {
        IncomingMail.State.QUARANTINED: ("error", _("Could not be processed")),
        IncomingMail.State.FAILED: ("warning", _("Will be processed again")),
    }
    found = IncomingMail.objects.troubled().order_by("-pk")
    rows = list(found.values_list("state", "reason", "received_at")[:SAMPLE])
    for state, (level, words) in states.items():
        these = [row for row in rows if row[0] == state]
        if these:
            yield Finding(
                level=level,
                title=_("Quarantine"),
                words=_("%(what)s: %(causes)s.")
                % {"what": words, "causes": tally(_cause(row[1]) for row in these)},
                since=min(row[2] for row in these),
                url=reverse("wagtail_ecp:incoming_mail"),
                button=_("Look at them"),
            )
    if not rows:
        yield Finding(
            level="ok", title=_("Quarantine"), words=_("All mail could be processed.")
        )


def _outbox(_account: Account) -> Iterator[Finding]:
    """Answers that only a person can move on, by mailbox."""
    stuck = (
        Outbox.objects.stuck()
        .order_by("pk")
        .annotate(
            mailbox=F("message__mailbox"), conversation=F("message__conversation")
        )
    )
    by_mailbox: dict[int, list[Any]] = {}
    for row in stuck[:SAMPLE]:
        by_mailbox.setdefault(row.mailbox, []).append(row)
    for mailbox in Mailbox.objects.filter(pk__in=by_mailbox):
        rows = by_mailbox[mailbox.pk]
        said = {row.error: None for row in rows if row.error}
        yield Finding(
            level="error",
            title=_("Outbox of %(mailbox)s") % {"mailbox": mailbox.name},
            words=_("Not sent: %(states)s. Its members decide what happens next.")
            % {"states": tally(str(row.get_state_display()) for row in rows)},
            since=min(row.queued_at for row in rows),
            details="\n".join(list(said)[:NAMED]),
            url=reverse("wagtail_ecp:conversation", args=[rows[0].conversation]),
            button=_("Open the first"),
            may_open=partial(_reads, mailbox=mailbox),
        )


CHECKS: tuple[Check, ...] = (
    *account_health.CHECKS,
    _encryption,
    _sources,
    _outgoing,
    _unprocessed,
    _quarantine,
    _outbox,
    *spam_health.CHECKS,
    *forms_health.CHECKS,
)


def _demands_ssl(account: Account) -> bool:
    try:
        return account.requires_ssl
    except ConfigurationError:  # Told of with the service level.
        return False


def _reads(user: Any, *, mailbox: Mailbox) -> bool:
    return permissions.can_read(user, mailbox)


def _cause(reason: str) -> str:
    """Return the kind of error: the only part of a traceback that quotes nothing."""
    lines = reason.strip().splitlines()
    return lines[-1].partition(":")[0] if lines else _("no reason given")
