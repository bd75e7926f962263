"""Says of a conversation on which page of the site it began."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from django.urls import reverse
from wagtail.models import Page

from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.inbox.models import Conversation, FormOrigin

#: Submissions of one conversation that are shown, newest first.
SHOWN: Final = 5


class Origin(NamedTuple):
    """One submission, ready for the template."""

    title: str
    # On the site, as it was then; in the admin, for whom may edit the page.
    url: str
    edit_url: str
    locale: str
    fields: list[list[str]]


def origins(request: AdminRequest, found: Conversation) -> list[Origin]:
    """Return the forms from which messages of ``found`` came, the newest first."""
    rows = FormOrigin.objects.filter(incoming__message__conversation=found)
    shown = list(rows.order_by("-pk")[:SHOWN])
    editable = _editable(request, {row.page_number for row in shown}) if shown else {}
    return [
        Origin(
            title=row.page_title,
            # It was the site's own when it was written down; nothing else is a link.
            url=row.page_url
            if row.page_url.startswith(("http://", "https://"))
            else "",
            edit_url=editable.get(row.page_number, ""),
            locale=row.locale,
            fields=row.fields,
        )
        for row in shown
    ]


def _editable(request: AdminRequest, numbers: Iterable[int]) -> dict[int, str]:
    """Return where the user edits those of these pages that they may."""
    pages: Any = Page.objects.filter(pk__in=numbers)
    return {
        page.pk: reverse("wagtailadmin_pages:edit", args=[page.pk])
        for page in pages
        if page.permissions_for_user(request.user).can_edit()
    }
