"""Images that lie on others' servers: who wants them, their addresses through us."""

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

from wagtail_ecp import conf
from wagtail_ecp.accounts import passes
from wagtail_ecp.accounts.passes import Pass
from wagtail_ecp.inbox.models import Folder, Message, TrustedImages
from wagtail_ecp.mail import web
from wagtail_ecp.mail.rasters import raster_type

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PURPOSE: Final = "remote-image"
#: How long the addresses of a shown message work.
SECONDS: Final = 600
MAX_BYTES: Final = 5 * 1024 * 1024
TIMEOUT: Final = 10.0
#: Characters of an address; different images of one message.
MAX_URL: Final = 4_000
MAX_IMAGES: Final = 200
_UNSAFE: Final = re.compile(r"[^!-~]+")


class NoImageError(web.WebError):
    """What lies there is no image that we would show."""


def are_trusted(message: Message, *, by: "User | Any") -> bool:
    """Whether ``by`` sees the message's remote images at once.

    Not in spam and not where somebody may pose as the sender: whoever wants to see
    those asks for each message.
    """
    if message.is_spam or message.conversation.folder == Folder.SPAM:
        return False
    if message.authentication == Message.Authentication.FAIL:
        return False
    return bool(message.sender_key) and is_trusted(message.sender_key, by=by)


def is_trusted(sender_key: str, *, by: "User | Any") -> bool:
    """Whether ``by`` asked to see this sender's images always."""
    return TrustedImages.objects.filter(user=by.pk, sender_key=sender_key).exists()


def pass_for(message_id: int, url: str) -> Pass:
    """Return what lets a frame, which has no session, fetch this image for a while."""
    return passes.issue(PURPOSE, f"{message_id} {url}", seconds=SECONDS)


def is_allowed(message_id: int, url: str, given: Pass) -> bool:
    """Whether we showed this image in this message lately."""
    return passes.is_valid(PURPOSE, f"{message_id} {url}", given)


def fetch(url: str) -> tuple[bytes, str]:
    """Return an image from anywhere on the public web, and its content type.

    WebError for what can't be had or is no raster image, ``UnsafeAddressError`` for
    what leads into a private network.
    """
    data = web.get(
        ascii_url(url),
        timeout=TIMEOUT,
        max_bytes=MAX_BYTES,
        allowed_networks=conf.get("ALLOWED_NETWORKS"),
        allows_http=True,
    )
    kind = raster_type(data)
    if not kind:
        raise NoImageError("This is no PNG, JPEG, GIF or WebP image.")
    return data, kind


def ascii_url(url: str) -> str:
    """Return ``url`` as it is asked for, without what only its reader sees."""
    try:
        parts = urlsplit(url.strip())
        host = parts.netloc.encode("idna").decode() if parts.netloc else ""
    except ValueError as error:  # UnicodeError is one.
        raise web.WebError(f"{url!r} is no address.") from error
    escaped = urlunsplit((parts.scheme, host, parts.path, parts.query, ""))
    return _UNSAFE.sub(lambda found: quote(found[0]), escaped)
