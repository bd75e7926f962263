"""Files in drafts."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.actions.drafting import locked_draft, require_open, require_own
from wagtail_ecp.inbox.links import goes_as_link
from wagtail_ecp.inbox.models import Draft, DraftFile
from wagtail_ecp.mail.filenames import clean_filename

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class GivenFile(NamedTuple):
    """A file as somebody gave it."""

    name: str
    content_type: str
    data: bytes


@transaction.atomic
def attach(draft: Draft, files: Iterable[GivenFile], *, by: "User") -> list[DraftFile]:
    """Put files into a draft; DraftGoneError if it was sent meanwhile."""
    row = locked_draft(draft)
    require_own(by, row)
    require_open(row)
    return [_attach(row, file) for file in files]


def _attach(row: Draft, file: GivenFile) -> DraftFile:
    blob = blobs.write(file.data)
    blobs.record(blob)
    return DraftFile.objects.create(
        draft=row,
        blob=blob,
        name=clean_filename(file.name) or _("attachment"),
        content_type=file.content_type[:255],
        size=len(file.data),
        is_link=goes_as_link(len(file.data)),
    )


@transaction.atomic
def detach(draft: Draft, numbers: Iterable[int], *, by: "User") -> None:
    """Take files out of a draft again."""
    row = locked_draft(draft)
    require_own(by, row)
    require_open(row)
    row.files.filter(pk__in=numbers).delete()
