"""Files for e-mail from the site's own libraries of documents and images."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from django.apps import apps
from django.forms import Media
from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.images.widgets import AdminImageChooser
from wagtail.permissions import policy_registry

from wagtail_ecp.inbox.actions import GivenFile
from wagtail_ecp.mail.filenames import guess_type

DOCUMENTS: Final = "wagtail.documents"


class Library(NamedTuple):
    """A button that opens one of Wagtail's choosers."""

    name: str
    label: str
    constructor: str
    url: str
    html: str


def libraries() -> list[Library]:
    """Return the libraries that the site has."""
    return [
        Library(
            name=name,
            label=label,
            constructor=widget.js_constructor,
            url=widget.get_chooser_modal_url(),
            html=widget.render_html(name, None, {"id": f"ecp-{name}"}),
        )
        for name, label, widget in _choosers()
    ]


def chooser_media() -> Media:
    """Return the scripts of Wagtail's choosers."""
    return sum((widget.media for _name, _label, widget in _choosers()), Media())


def _choosers() -> Iterator[tuple[str, str, Any]]:
    if apps.is_installed(DOCUMENTS):
        from wagtail.documents.widgets import AdminDocumentChooser

        label = _("From the documents")
        yield "library_document", label, _plain(AdminDocumentChooser, label)
    label = _("From the images")
    yield "library_image", label, _plain(AdminImageChooser, label)


def _plain(widget: Any, label: str) -> Any:
    return widget(choose_one_text=label, show_edit_link=False)


def chosen_files(request: HttpRequest) -> list[GivenFile]:
    """Return what the user chose, left out what they may not choose."""
    found = []
    for name, model in _models():
        number = request.POST.get(name, "")
        if number.isascii() and number.isdecimal() and len(number) < 19:  # noqa: PLR2004
            policy = policy_registry.get_by_type(model)
            allowed = policy.instances_user_has_permission_for(request.user, "choose")
            found += [_given(item) for item in allowed.filter(pk=int(number))]
    return found


def _models() -> Iterator[tuple[str, Any]]:
    if apps.is_installed(DOCUMENTS):
        from wagtail.documents import get_document_model

        yield "library_document", get_document_model()
    yield "library_image", get_image_model()


def _given(item: Any) -> GivenFile:
    with item.file.open("rb") as file:
        data = file.read()
    name = item.file.name.rpartition("/")[2]
    return GivenFile(name, guess_type(name), data)
