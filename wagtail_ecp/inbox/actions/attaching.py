"""Files in drafts."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.actions.drafting import locked_draft, require_open, require_own
from wagtail_ecp.inbox.links import goes_as_link
from wagtail_ecp.inbox.models import Draft, DraftFile
from wagtail_ecp.inbox.pictures import can_stand_in_text
from wagtail_ecp.mail.filenames import clean_filename
from wagtail_ecp.mail.rasters import raster_type

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class GivenFile(NamedTuple):
    """A file as somebody gave it."""

    name: str
    content_type: str
    data: bytes


@transaction.atomic
def attach(
    draft: Draft, files: Iterable[GivenFile], *, by: "User", into_text: bool = False
) -> list[DraftFile]:
    """Put files into a draft; DraftGoneError if it was sent meanwhile.

    ``into_text``: those that mail programs show wait to be shown by the draft's text.
    """
    row = locked_draft(draft)
    require_own(by, row)
    require_open(row)
    return [_attach(row, file, into_text=into_text) for file in files]


def _attach(row: Draft, file: GivenFile, *, into_text: bool) -> DraftFile:
    is_inline = into_text and can_stand_in_text(file.data)
    # Of what a page shows the bytes say what it is, not who gave it.
    kind = raster_type(file.data) if is_inline else file.content_type[:255]
    blob = blobs.write(file.data)
    blobs.record(blob)
    return DraftFile.objects.create(
        draft=row,
        blob=blob,
        name=clean_filename(file.name) or _("attachment"),
        content_type=kind,
        size=len(file.data),
        is_inline=is_inline,
        is_link=goes_as_link(len(file.data)),
    )


@transaction.atomic
def put_beside(draft: Draft, numbers: Iterable[int], *, by: "User") -> None:
    """Make attachments of pictures that the draft's text does not show any more."""
    row = locked_draft(draft)
    require_own(by, row)
    require_open(row)
    row.files.filter(pk__in=numbers).update(is_inline=False)


@transaction.atomic
def detach(draft: Draft, numbers: Iterable[int], *, by: "User") -> None:
    """Take files out of a draft again."""
    row = locked_draft(draft)
    require_own(by, row)
    require_open(row)
    row.files.filter(pk__in=numbers).delete()
