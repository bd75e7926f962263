"""What is new: our release notes, and what the site tells its members."""

from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp.admin.dashboard.panel import Panel
from wagtail_ecp.admin.dashboard.release_notes import RELEASES
from wagtail_ecp.inbox import announcements
from wagtail_ecp.inbox.models import Announcement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

ROWS: Final = 5
RELEASES_SHOWN: Final = 2


class Update(NamedTuple):
    """An announcement, or a release with its notes."""

    key: str
    title: str
    day: date | None
    text: str
    notes: "Sequence[StrOrPromise]"
    url: str


def updates() -> list[Update]:
    """Return what is new, newest first, for one query."""
    found = [
        Update(row.key, row.title, timezone.localdate(row.at), row.text, (), row.url)
        for row in Announcement.objects.all()[:ROWS]
    ]
    found += [
        Update(
            release.key,
            _("Release %(version)s") % {"version": release.version},
            release.day,
            "",
            release.notes,
            "",
        )
        for release in RELEASES[:RELEASES_SHOWN]
    ]
    return sorted(found, key=lambda update: update.day or date.min, reverse=True)


class UpdatesPanel(Panel):
    """Announcements and release notes, unread ones marked."""

    key = "updates"
    title = gettext_lazy("ECP Updates")
    description = gettext_lazy("What is new in this software and on this site.")
    template_name = "wagtail_ecp/admin/dashboard/panels/updates.html"

    def context(self) -> dict[str, Any]:
        """Return what is new, and what of it the user has read, for two queries."""
        found = updates()
        read = announcements.read_by(self.user, [update.key for update in found])
        return {
            "updates": [(update, update.key not in read) for update in found],
            "has_unread": any(update.key not in read for update in found),
            "csrf_token": get_token(self.request),
        }
