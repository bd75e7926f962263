"""What would stop if all mail had to be encrypted, and what stops because it has to."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_ecp.inbox.models import Mailbox, OutgoingServer, Source
from wagtail_ecp.mail.sending.site import tls_problem_of_site

NONE = Source.Security.NONE
NAMED = 5  # in a line of text; the others are counted


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A way in or out that need not encrypt, as people call it, and why.

    ``edit_url_name`` and ``pk`` lead to its form; empty and None where the site's
    settings are to be changed.
    """

    label: str
    reason: str
    edit_url_name: str = ""
    pk: int | None = None


@dataclass(frozen=True, kw_only=True)
class Survey:
    """The ways in and out that active mailboxes use, and those that can't encrypt."""

    sources: int
    servers: int
    uses_site: bool
    stops: tuple[Stop, ...]


def survey() -> Survey:
    """Look at what is configured, in two queries; no server is asked."""
    sources = list(
        Source.objects.filter(is_active=True, mailbox__is_active=True).select_related(
            "mailbox"
        )
    )
    mailboxes = list(Mailbox.objects.active().select_related("outgoing_server"))
    used = {box.outgoing_server_id: box.outgoing_server for box in mailboxes}
    servers = [server for server in used.values() if server is not None]
    stops = [_source(source) for source in sources if source.security == NONE]
    stops += [_server(server) for server in servers if server.security == NONE]
    problem = tls_problem_of_site() if None in used else ""
    if problem:
        stops.append(Stop(label=_("the site's e-mail settings"), reason=problem))
    return Survey(
        sources=len(sources),
        servers=len(servers),
        uses_site=None in used,
        stops=tuple(stops),
    )


def would_stop() -> list[Stop]:
    """Return what does not encrypt and so stops while SSL is demanded."""
    return list(survey().stops)


def in_words(*, requires_ssl: bool) -> str:
    """Say in one line what stops, or would, by name; or that all can encrypt."""
    found = survey()
    if found.stops:
        words = (
            _("Stopped: %(names)s.") if requires_ssl else _("Would stop: %(names)s.")
        )
        return words % {"names": _names(found.stops)}
    counts = [
        ngettext("%(number)s source", "%(number)s sources", found.sources)
        % {"number": found.sources},
        ngettext(
            "%(number)s outgoing server", "%(number)s outgoing servers", found.servers
        )
        % {"number": found.servers},
    ]
    if found.uses_site:
        counts.append(_("the site's e-mail settings"))
    return _("%(counts)s: all can.") % {"counts": ", ".join(counts)}


def _names(stops: tuple[Stop, ...]) -> str:
    named = [
        _("%(label)s (%(reason)s)") % {"label": stop.label, "reason": stop.reason}
        for stop in stops[:NAMED]
    ]
    more = len(stops) - NAMED
    if more > 0:
        named.append(
            ngettext("%(number)s more", "%(number)s more", more) % {"number": more}
        )
    return ", ".join(named)


def _source(source: Source) -> Stop:
    return Stop(
        label=source.mailbox.address,
        reason=_("%(protocol)s, no TLS") % {"protocol": source.kind.upper()},
        edit_url_name="ecp_sources:edit",
        pk=source.pk,
    )


def _server(server: OutgoingServer) -> Stop:
    return Stop(
        label=server.name,
        reason=_("%(protocol)s, no TLS") % {"protocol": "SMTP"},
        edit_url_name="ecp_outgoing_servers:edit",
        pk=server.pk,
    )
