"""What stands in rich text as a block of its own, as an e-mail can carry it."""

import json
from typing import Any, Final
from uuid import uuid4

from bs4 import BeautifulSoup, Tag
from wagtail.images import get_image_model
from wagtail.permissions import policy_registry

from wagtail_ecp.inbox import pictures
from wagtail_ecp.mail import tables
from wagtail_ecp.mail.composing import InlineImage

#: What rich text calls a table: ``<embed embedtype="ecp-table" rows="[[…]]"/>``.
TABLE: Final = "ecp-table"
#: Of an image in Wagtail's library: wide enough for a letter, small enough for a mail.
RENDITION: Final = "max-1200x1200"


def put_in(soup: BeautifulSoup, *, rich_text: str, user: Any) -> list[InlineImage]:
    """Put HTML in place of each block, and return the images that it shows.

    What ``user`` may not see is left out.
    """
    put_tables(soup)
    pasted = pictures.shown_in(rich_text, user=user)
    images = []
    for embed in soup.find_all("embed", embedtype=["image", pictures.EMBED]):
        if embed["embedtype"] == "image":
            image = _library_image(embed, user)
        else:
            image = pasted.get(pictures.number_of(embed))
        if image is None:
            embed.decompose()
            continue
        embed.replace_with(_shown(embed, image))
        images.append(image)
    return images


def put_words_in(soup: BeautifulSoup) -> None:
    """Put text in place of pictures and tables, for who writes on without formatting."""
    put_tables(soup)
    for embed in soup.find_all("embed", embedtype=pictures.EMBED):
        words = soup.new_tag("p")
        words.string = str(embed.get("alt", ""))
        embed.replace_with(words)


def put_tables(soup: BeautifulSoup) -> None:
    """Put an HTML table in place of each that the editor made."""
    for embed in soup.find_all("embed", embedtype=TABLE):
        try:
            table = read_table(dict(embed.attrs))
        except ValueError:
            embed.decompose()
            continue
        embed.replace_with(BeautifulSoup(tables.as_html(table), "html.parser"))


def read_table(attributes: dict[str, Any]) -> tables.Table:
    """Return the table that an embed's attributes hold; ValueError if they hold none."""
    rows = json.loads(attributes.get("rows", ""))
    return tables.read(rows, has_head=bool(attributes.get("head")))


def _shown(embed: Tag, image: InlineImage) -> Tag:
    shown = BeautifulSoup("", "html.parser").new_tag(
        "img", src=f"cid:{image.content_id}"
    )
    shown["alt"] = str(embed.get("alt", ""))
    shown["style"] = "max-width:100%"
    return shown


def _library_image(embed: Tag, user: Any) -> InlineImage | None:
    """Return an image of Wagtail's library that ``user`` may choose."""
    policy = policy_registry.get_by_type(get_image_model())
    allowed = policy.instances_user_has_permission_for(user, "choose")
    image = allowed.filter(pk=pictures.number_of(embed)).first()
    if image is None:
        return None
    rendition = image.get_rendition(RENDITION)
    with rendition.file.open() as file:
        data = file.read()
    name = rendition.file.name.rpartition("/")[2]
    kind = name.rpartition(".")[2].lower().replace("jpg", "jpeg")
    return InlineImage(
        name=name,
        content_type=f"image/{kind}",
        data=data,
        content_id=f"{uuid4().hex}@ecp",
    )
