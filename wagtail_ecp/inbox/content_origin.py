"""The site's second origin, where strangers' documents may open in a browser.

What a document there does can't reach the admin: it is another origin, and has no
session. Only what a pass names is served, and only for a few minutes.
"""

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from wagtail_ecp import conf
from wagtail_ecp.accounts import passes
from wagtail_ecp.accounts.passes import Pass

PURPOSE: Final = "pdf"
SECONDS: Final = 300
ADDRESS: Final = "wagtail_ecp_site:pdf"


def content_origin() -> str | None:
    """Return the origin, "https://…" without a path, None if the site has none."""
    found: str | None = conf.get("CONTENT_ORIGIN")
    return found.rstrip("/") if found and admin_origin() else None


def admin_origin() -> str:
    """Return the origin of the admin, which alone may frame what is shown there."""
    parts = urlsplit(getattr(settings, "WAGTAILADMIN_BASE_URL", "") or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def is_there(host: str) -> bool:
    """Whether a request to ``host`` came to the second origin."""
    found = content_origin()
    return found is not None and urlsplit(found).netloc.lower() == host.lower()


def pdf_url(message_id: int, index: int) -> str | None:
    """Return where the file can be seen for a while, None if it can't."""
    origin = content_origin()
    given = passes.issue(PURPOSE, f"{message_id} {index}", seconds=SECONDS)
    try:
        path = reverse(ADDRESS, args=[message_id, index, *given])
    except NoReverseMatch:
        return None
    return f"{origin}{path}" if origin else None


def is_allowed(message_id: int, index: int, given: Pass) -> bool:
    """Whether we lately showed this file to somebody who may see it."""
    return passes.is_valid(PURPOSE, f"{message_id} {index}", given)


def is_pdf(data: bytes) -> bool:
    """Whether the bytes themselves say that they are a PDF."""
    return data[:1024].lstrip().startswith(b"%PDF-")
