"""Pictures that were pasted into a draft's text."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from bs4 import BeautifulSoup, Tag

from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.links import goes_as_link
from wagtail_ecp.inbox.models import Draft, DraftFile
from wagtail_ecp.mail.composing import InlineImage
from wagtail_ecp.mail.rasters import raster_type

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: What rich text calls them: ``<embed embedtype="ecp-picture" id="7" alt="…"/>``.
EMBED: Final = "ecp-picture"


def can_stand_in_text(data: bytes) -> bool:
    """Whether mail programs show these bytes where they stand."""
    return bool(raster_type(data)) and not goes_as_link(len(data))


def numbers_in(rich_text: str) -> set[int]:
    """Return the numbers of the pictures that ``rich_text`` shows."""
    if EMBED not in rich_text:
        return set()
    return {number for _embed, number in _embeds(_read(rich_text))}


def adopt(draft: Draft, *, by: "User | Any") -> None:
    """Give ``draft`` its own copies of pictures that its text took from elsewhere.

    They are those of drafts that ``by`` may see; nothing else is shown. The editor may
    submit the old numbers again: a picture is copied once.
    """
    if draft.is_plain or EMBED not in draft.body:
        return
    own = {file.pk: file for file in draft.files.filter(is_inline=True)}
    by_content = {file.blob_id: file for file in own.values()}
    soup = _read(draft.body)
    foreign = [(embed, number) for embed, number in _embeds(soup) if number not in own]
    if not foreign:
        return
    known = visible_to(by).in_bulk({number for _embed, number in foreign})
    for embed, number in foreign:
        file = known.get(number)
        if file is None:
            embed.decompose()
            continue
        if file.blob_id not in by_content:
            by_content[file.blob_id] = _copy(file, draft)
        embed["id"] = str(by_content[file.blob_id].pk)
    draft.body = str(soup)


def visible_to(user: "User | Any") -> Any:
    """Return the pictures in drafts that ``user`` may see."""
    visible = Draft.objects.visible_to(user)
    return DraftFile.objects.filter(is_inline=True, draft__in=visible)


def shown_in(rich_text: str, *, user: "User | Any") -> dict[int, InlineImage]:
    """Return the pictures that ``rich_text`` shows, by their numbers, to be sent."""
    found = visible_to(user).filter(pk__in=numbers_in(rich_text))
    return {file.pk: _inline(file) for file in found}


def _inline(file: DraftFile) -> InlineImage:
    data = blobs.read(file.blob_id)
    return InlineImage(
        name=file.name,
        content_type=file.content_type,
        data=data,
        content_id=f"{file.blob_id[:32]}.{file.pk}@ecp",
    )


def _copy(file: DraftFile, draft: Draft) -> DraftFile:
    return DraftFile.objects.create(
        draft=draft,
        blob_id=file.blob_id,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        is_inline=True,
    )


def _read(rich_text: str) -> BeautifulSoup:
    return BeautifulSoup(rich_text, "html.parser")


def _embeds(soup: BeautifulSoup) -> Iterable[tuple[Tag, int]]:
    """Return each picture and its number, -1 if that is none."""
    found = soup.find_all("embed", embedtype=EMBED)
    return [(embed, number_of(embed)) for embed in found]


def number_of(embed: Tag) -> int:
    """Return the number that an embed names, -1 if that is none."""
    number = str(embed.get("id", ""))
    is_number = number.isascii() and number.isdecimal() and len(number) < 19  # noqa: PLR2004
    return int(number) if is_number else -1
