"""Raw mail by its SHA-256: the file first, then the row that makes it count."""

import hashlib

from django.db import transaction
from django.utils import timezone

from wagtail_ecp.accounts import private_files
from wagtail_ecp.exceptions import EmailCentreError
from wagtail_ecp.inbox.models import Blob


def write(raw: bytes) -> Blob:
    """Put ``raw`` into private storage and return its unsaved row; call ``record``."""
    blob = Blob(sha256=hashlib.sha256(raw).hexdigest(), size=len(raw))
    name = file_name(blob.sha256)
    if not private_files.exists(name):
        private_files.write(name, raw)
    return blob


def record(blob: Blob) -> None:
    """Save the row, in the transaction of whatever will refer to it."""
    blob.last_used_at = timezone.now()
    Blob.objects.bulk_create(
        [blob],
        update_conflicts=True,
        unique_fields=["sha256"],
        update_fields=["last_used_at"],
    )
    # ``remove`` may have come between; it holds the row until the file is gone.
    if not private_files.exists(file_name(blob.sha256)):
        raise EmailCentreError(f"blob {blob.sha256} was removed just now, try again")


def read(sha256: str) -> bytes:
    """Return the bytes; FileNotFoundError if the file was lost."""
    return private_files.read(file_name(sha256))


@transaction.atomic
def remove(blob: Blob) -> None:
    """Delete an unused blob; the database refuses if something refers to it."""
    name = file_name(blob.sha256)
    blob.delete()
    private_files.delete(name)


def file_name(sha256: str) -> str:
    """Return where the bytes are, in folders of 1/256 each."""
    return f"raw/{sha256[:2]}/{sha256}"
