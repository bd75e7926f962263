"""Puts a panel into its frame; what goes wrong inside stays inside."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, NamedTuple

from django.db import transaction
from django.forms import Media
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from laces.components import Component

from wagtail_ecp.admin.dashboard.panel import Panel
from wagtail_ecp.admin.dashboard.registry import panel_classes
from wagtail_ecp.admin.dashboard.settings import PanelSettings, SettingsError
from wagtail_ecp.inbox.dashboards import Placed

logger = logging.getLogger(__name__)

TROUBLE = "wagtail_ecp/admin/dashboard/trouble.html"


class Shown(NamedTuple):
    """What stands in the frame."""

    title: str
    url: str
    about: str
    body: str
    media: Media


class Framed(Component):
    """A panel at its place, or what is wrong with it."""

    template_name = "wagtail_ecp/admin/dashboard/panel.html"

    def __init__(self, request: HttpRequest, placed: Placed) -> None:
        self.request, self.placed = request, placed

    @cached_property
    def kind(self) -> type[Panel] | None:
        """The panel's class; None if nothing here has this key."""
        return panel_classes().get(self.placed.key)

    @property
    def title(self) -> str:
        """Its own, or what it is kept as."""
        return str(self.kind.title) if self.kind else self.placed.key

    @property
    def is_live(self) -> bool:
        """Whether it is asked for again while the page is open."""
        return self.kind is not None and self.kind.is_live

    @property
    def media(self) -> Media:
        """What the panel needs beside its HTML."""
        return self.shown.media

    @cached_property
    def shown(self) -> Shown:
        """The panel, rendered; whatever fails is said in its place and logged."""
        try:
            with _unharmed():
                return self._shown()
        except SettingsError as error:
            return self._trouble(str(error))
        except Exception:
            logger.exception("the dashboard's panel %s failed", self.placed.key)
            return self._trouble(
                _("This panel can't be shown just now. The site's log says why.")
            )

    @property
    def about(self) -> str:
        """What the panel was told, in words, or why it can't be shown."""
        try:
            return self._panel().about
        except SettingsError as error:
            return str(error)
        except Exception:
            logger.exception("the dashboard's panel %s failed", self.placed.key)
            return ""

    def _shown(self) -> Shown:
        panel = self._panel()
        body = panel.render_html({"request": self.request})
        return Shown(self.title, panel.url, panel.about, body, panel.media)

    def _panel(self) -> Panel:
        if self.kind is None:
            raise SettingsError(
                _("There is no panel “%(key)s” here; what brought it may be gone.")
                % {"key": self.placed.key}
            )
        return self.kind(self.request, PanelSettings.read(self.placed.settings))

    def _trouble(self, words: str) -> Shown:
        body = render_to_string(TROUBLE, {"words": words})
        return Shown(self.title, "", "", body, Media())

    def get_context_data(
        self,
        parent_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return what the frame shows."""
        return {
            "slot": self.placed.slot,
            "key": self.placed.key,
            "is_live": self.is_live,
            **self.shown._asdict(),
        }


@contextmanager
def _unharmed() -> Iterator[None]:
    """Keep the request's transaction, if it has one, usable when a query fails."""
    if not transaction.get_connection().in_atomic_block:
        yield
        return
    with transaction.atomic():
        yield
