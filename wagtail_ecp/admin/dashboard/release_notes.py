"""What each release brings to whoever uses it, in a few words; newest first.

CHANGELOG.md says it to whoever runs the site.
"""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Release(NamedTuple):
    """A release; the coming one has no day yet."""

    version: str
    day: date | None
    notes: "tuple[StrOrPromise, ...]"

    @property
    def key(self) -> str:
        """How it is noted that somebody has read this."""
        return f"release {self.version}"


RELEASES: tuple[Release, ...] = (
    Release(
        "0.1",
        None,
        (
            _("A dashboard shows at a glance what needs doing, and can be customized."),
            _(
                "Metrics say how the team does, and open the very cases behind a number."
            ),
            _(
                "All mail is searched from a box above every list, and searches are kept."
            ),
            _("Many conversations are changed at once, and that can be undone."),
            _("Screenshots and tables are pasted into an answer where they belong."),
        ),
    ),
)
