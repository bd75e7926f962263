"""Pasted pictures and tables as blocks of Wagtail's editor: to it, and back from it."""

import json
from collections.abc import Callable
from typing import Any, Final

from django.urls import reverse
from draftjs_exporter.dom import DOM
from wagtail.admin.rich_text.converters.contentstate_models import Entity
from wagtail.admin.rich_text.converters.html_to_contentstate import (
    AtomicBlockEntityElementHandler,
)
from wagtail.admin.rich_text.editors.draftail.features import EntityFeature

from wagtail_ecp.inbox import embeds, pictures
from wagtail_ecp.mail import tables

#: What ``js/editor_blocks.js`` calls them. Without a label they have no button.
PICTURE: Final = "ECP_PICTURE"
TABLE: Final = "ECP_TABLE"
SCRIPT: Final = "wagtail_ecp/js/editor_blocks.js"


class BlockHandler(AtomicBlockEntityElementHandler):
    """Makes a block for the editor of what is stored."""

    def __init__(self, kind: str, data: Callable[[dict[str, str]], Any]) -> None:
        super().__init__()
        self.kind, self.data = kind, data

    def create_entity(self, *given: Any) -> Entity:
        """Return what the editor needs to show it."""
        _name, attributes, *_rest = given
        return Entity(self.kind, "IMMUTABLE", self.data(attributes))


def shown_picture(attributes: dict[str, str]) -> dict[str, Any]:
    """Return a picture and where the editor finds it."""
    number = attributes.get("id", "")
    is_number = number.isascii() and number.isdecimal()
    src = reverse("wagtail_ecp:draft_picture", args=[number]) if is_number else ""
    return {"id": number, "src": src, "alt": attributes.get("alt", "")}


def shown_table(attributes: dict[str, str]) -> dict[str, Any]:
    """Return a table's cells."""
    try:
        found = embeds.read_table(attributes)
    except ValueError:
        found = tables.Table(())
    return {"rows": [list(row) for row in found.rows], "head": found.has_head}


def stored_picture(props: dict[str, Any]) -> Any:
    """Return what is stored of a picture: nothing while it is still on its way."""
    number = str(props.get("id") or "")
    if not number.isdecimal():
        return None
    names = {"embedtype": pictures.EMBED, "id": number, "alt": props.get("alt") or ""}
    return DOM.create_element("embed", names)


def stored_table(props: dict[str, Any]) -> Any:
    """Return what is stored of a table; ValueError for what no editor submits."""
    found = tables.read(props.get("rows"), has_head=bool(props.get("head")))
    names = {"embedtype": embeds.TABLE, "rows": json.dumps(found.rows)}
    if found.has_head:
        names["head"] = "1"
    return DOM.create_element("embed", names)


def register(features: Any) -> None:
    """Give Wagtail's editor both."""
    picture = BlockHandler(PICTURE, shown_picture), stored_picture
    table = BlockHandler(TABLE, shown_table), stored_table
    _register(features, pictures.EMBED, ["id", "src", "alt"], *picture)
    _register(features, embeds.TABLE, ["rows", "head"], *table)


def _register(
    features: Any,
    name: str,
    attributes: list[str],
    shown: BlockHandler,
    stored: Callable[[dict[str, Any]], Any],
) -> None:
    plugin = EntityFeature({"type": shown.kind, "attributes": attributes}, js=[SCRIPT])
    features.register_editor_plugin("draftail", name, plugin)
    rule = {
        "from_database_format": {f'embed[embedtype="{name}"]': shown},
        "to_database_format": {"entity_decorators": {shown.kind: stored}},
    }
    features.register_converter_rule("contentstate", name, rule)
