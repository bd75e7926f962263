"""Files that are too large to go along: the mail has an address that expires."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urljoin

from django.core.exceptions import ValidationError
from django.db.models import F
from django.template.defaultfilters import filesizeformat
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from wagtail_ecp import conf
from wagtail_ecp.accounts import installation
from wagtail_ecp.inbox.models import FileLink

if TYPE_CHECKING:
    from wagtail_ecp.inbox.models import DraftFile, Message

ADDRESS: Final = "wagtail_ecp_site:file_link"
#: What has expired is kept for so long, to say so to who comes late.
KEPT: Final = timedelta(days=90)


class NewLink(NamedTuple):
    """A file and its address, before the mail that has it is stored."""

    blob_id: str
    name: str
    content_type: str
    size: int
    token: str
    url: str
    expires_at: datetime

    @property
    def about(self) -> str:
        """Say in one line what it is and until when it is there."""
        return _("%(name)s (%(size)s), until %(day)s") % {
            "name": self.name,
            "size": filesizeformat(self.size),
            "day": date_format(timezone.localtime(self.expires_at), "DATE_FORMAT"),
        }


def can_link() -> bool:
    """Whether the site has our public addresses."""
    try:
        reverse(ADDRESS, args=["a"])
    except NoReverseMatch:
        return False
    return True


def goes_as_link(size: int) -> bool:
    """Whether a file of so many bytes does not go along."""
    return size > conf.get("LINK_ABOVE_BYTES") and can_link()


def refuse_too_much(sizes: Iterable[int]) -> None:
    """Raise ValidationError, in words for a person, for more than a mail may hold."""
    attached = 0
    for size in sizes:
        if not goes_as_link(size):
            attached += size
        elif size > conf.get("LINK_MAX_BYTES"):
            raise ValidationError(
                _("A file may have %(size)s at most."),
                params={"size": filesizeformat(conf.get("LINK_MAX_BYTES"))},
            )
    most = conf.get("MAX_MESSAGE_BYTES")
    # They grow by a third on their way.
    if attached * 4 / 3 > most:
        raise ValidationError(
            _("These files are too large: %(size)s in all is the limit."),
            params={"size": filesizeformat(most * 3 // 4)},
        )


def new_links(files: Iterable["DraftFile"], *, site: str) -> tuple[NewLink, ...]:
    """Return an address for each file; its secret is in the mail and nowhere else."""
    base = installation.site_address() or site
    expires_at = timezone.now() + timedelta(days=conf.get("LINK_DAYS"))
    return tuple(_new_link(file, base, expires_at) for file in files)


def _new_link(file: "DraftFile", base: str, expires_at: datetime) -> NewLink:
    token = secrets.token_urlsafe(32)
    return NewLink(
        blob_id=file.blob_id,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        token=token,
        url=urljoin(base, reverse(ADDRESS, args=[token])),
        expires_at=expires_at,
    )


def as_text(links: Sequence[NewLink]) -> str:
    """Return what the text of the mail says of them, "" for none."""
    return "\n\n".join(f"{link.about}:\n{link.url}" for link in links)


def as_html(links: Sequence[NewLink]) -> str:
    """Return what the HTML of the mail says of them, "" for none."""
    lines = ((link.url, link.about) for link in links)
    listed = format_html_join("", '<li><a href="{}">{}</a></li>', lines)
    return format_html("<ul>{}</ul>", listed) if links else ""


def store(message: "Message", links: Iterable[NewLink]) -> None:
    """Let the addresses lead to their files, with the mail that has them."""
    FileLink.objects.bulk_create(
        FileLink(
            message=message,
            blob_id=link.blob_id,
            name=link.name,
            content_type=link.content_type,
            size=link.size,
            token_hash=_hash(link.token),
            expires_at=link.expires_at,
        )
        for link in links
    )


def find(token: str) -> FileLink | None:
    """Return what a secret leads to, expired or not."""
    return FileLink.objects.filter(token_hash=_hash(token)).first()


def note_fetched(link: FileLink) -> None:
    """Count that somebody fetched it."""
    FileLink.objects.filter(pk=link.pk).update(fetched=F("fetched") + 1)


def remove_expired() -> None:
    """Forget what expired long ago; its bytes go when nothing else refers to them."""
    FileLink.objects.filter(expires_at__lt=timezone.now() - KEPT).delete()


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
