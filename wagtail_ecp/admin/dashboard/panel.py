"""What a panel of the dashboard is made of; the panels are in ``registry``."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.utils.translation import gettext as _
from laces.components import Component

from wagtail_ecp.admin.dashboard.settings import PERIOD, PanelSettings, SettingsError
from wagtail_ecp.admin.navigation import Navigation, navigation

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django_stubs_ext import StrOrPromise


class Panel(Component):
    """A part of the dashboard, as one user sees it.

    A subclass names itself, and returns from ``context`` what its template
    shows. It may show only what ``user`` may see; ``mailboxes`` are those whose mail
    that is. SettingsError with a message for people stands in the panel's place.
    """

    #: How it is kept; never changed once there are dashboards with it.
    key: ClassVar[str]
    title: "ClassVar[StrOrPromise]"
    description: "ClassVar[StrOrPromise]" = ""
    #: Which of PERIOD, MAILBOX and MEMBER it follows.
    asks: ClassVar[frozenset[str]] = frozenset()
    #: Whether it is asked for again while the page is open.
    is_live: ClassVar[bool] = False

    def __init__(self, request: HttpRequest, settings: PanelSettings) -> None:
        self.request = request
        self.settings = settings

    @property
    def user(self) -> "User | Any":
        """Who looks."""
        return self.request.user

    @property
    def navigation(self) -> Navigation:
        """What the user sees of the e-mail centre; known for every page."""
        return navigation(self.request)

    @cached_property
    def mailboxes(self) -> dict[int, str]:
        """The names, by number, of the mailboxes that it is about."""
        readable = {mailbox.pk: mailbox.name for mailbox in self.navigation.mailboxes}
        only = self.settings.mailbox
        if only is None:
            return readable
        if only not in readable:
            raise SettingsError(
                _(
                    "This panel is about a mailbox that is gone or that you may not read."
                )
            )
        return {only: readable[only]}

    @property
    def url(self) -> str:
        """Where there is more of it; empty for nowhere."""
        return ""

    @property
    def about(self) -> str:
        """Say which mailbox and days it is about, where it was told."""
        words: list[str] = []
        if self.settings.mailbox is not None:
            words += self.mailboxes.values()
        if PERIOD in self.asks:
            words.append(self.settings.period.words)
        return " · ".join(words)

    def context(self) -> dict[str, Any]:
        """Return what the template shows."""
        raise NotImplementedError

    def get_context_data(
        self,
        parent_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return ``context``, as Wagtail's components are asked for it."""
        return self.context()
