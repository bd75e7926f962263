"""Everything as one file for the owner: asked for, written in parts, kept for a week.

A part is stored under the number of the claim that wrote it and counts once the row says
so; a worker that dies or sleeps too long leaves nothing that the next one would trip on.
"""

import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from wagtail_ecp import signals
from wagtail_ecp.accounts import letters, private_files
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.exceptions import EmailCentreError
from wagtail_ecp.inbox.export_parts import Archive, total
from wagtail_ecp.inbox.models import Export
from wagtail_ecp.inbox.models.leases import RELEASED, new_owner
from wagtail_ecp.journal.actions import display_name

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)

#: What Wagtail's audit log calls them; registered in ``wagtail_hooks``.
EXPORT_ASKED = "wagtail_ecp.export_data"
EXPORT_DOWNLOADED = "wagtail_ecp.download_export"

#: Much longer than one part takes; each part renews it.
LEASE = timedelta(minutes=5)
#: Claims without a new part before it is given up.
ATTEMPTS = 5
KEPT = timedelta(days=7)

State = Export.State


class LeaseLostError(EmailCentreError):
    """Another worker writes the export now, or nobody wants it any more."""


@transaction.atomic
def ask(*, by: "User") -> Export:
    """Have everything exported; return the export that is being written, if one is.

    PermissionDenied unless ``by`` owns the account now.
    """
    account = _locked_for(by)
    running: Export | None = Export.objects.unfinished().first()
    if running:
        return running
    day = timezone.localdate().isoformat()
    export = Export.objects.create(
        asked_by=by,
        asked_by_name=display_name(by),
        file_name=f"{slugify(account.name) or 'mail'}-{day}.zip",
    )
    log(account, EXPORT_ASKED, user=by)
    _announce(export)
    return export


@transaction.atomic
def cancel(export: Export, *, by: "User") -> None:
    """Stop writing, or throw away what is ready; PermissionDenied as for ``ask``."""
    _locked_for(by)
    alive = Export.objects.filter(pk=export.pk, state__in=(State.RUNNING, State.READY))
    cancelled = alive.update(
        state=State.CANCELLED, lease_epoch=F("lease_epoch") + 1, **RELEASED
    )
    if cancelled:
        _announce(export)


@transaction.atomic
def download(export: Export, *, by: "User") -> Iterator[bytes]:
    """Return the file, piece by piece; PermissionDenied as for ``ask``."""
    log(_locked_for(by), EXPORT_DOWNLOADED, user=by)
    return (private_files.read(name) for name in export.part_names())


def _locked_for(by: "User") -> Account:
    account = Account.objects.select_for_update().first()
    if account is None or not by.is_active or not account.is_owned_by(by):
        raise PermissionDenied(_("Only the account owner may do this."))
    return account


def _announce(export: Export) -> None:
    announce = partial(signals.export_changed.send, Export, export=export)
    transaction.on_commit(announce)


def work(export_id: int, *, seconds: float) -> bool:
    """Go on with an export for about so long; return whether there is more to do.

    May be called at any time and more than once. What is cancelled is tidied up.
    """
    export = Export.objects.filter(pk=export_id).first()
    if export is None:
        return False
    if not export.is_unfinished:
        if not export.is_ready:
            remove_files(export)
        return False
    owner = new_owner()
    unfinished = Export.objects.unfinished().filter(pk=export_id)
    attempts = F("attempts") + 1
    if not unfinished.claim(owner, lease=LEASE, limit=1, attempts=attempts):
        return False
    export.refresh_from_db()
    try:
        return _write(export, deadline=time.monotonic() + seconds)
    except LeaseLostError:
        logger.warning("export %s was taken from this worker", export_id)
    except (OSError, EmailCentreError) as error:
        logger.warning("export %s: %s", export_id, error)
        _give_back(export, error=str(error))
    return False


def _write(export: Export, *, deadline: float) -> bool:
    if export.attempts > ATTEMPTS:
        error = export.error or _("Workers stopped again and again, without a word.")
        _update(export, state=State.FAILED, error=error, finished_at=Now(), **RELEASED)
        remove_files(export)
        return False
    _forget_unfinished(export)
    if not export.place:
        _update(export, total=total())
    archive = Archive(export.place)
    while not archive.is_complete:
        if time.monotonic() > deadline:
            _give_back(export, attempts=0)
            return True
        _write_part(export, archive)
    _finish(export)
    return False


def _write_part(export: Export, archive: Archive) -> None:
    """Store the next part, then say that it is there."""
    part = archive.next_part()
    number, epoch = len(export.parts), export.lease_epoch
    names = [export.part_name(number, epoch)]
    private_files.write(names[0], bytes(part.data))
    if part.index:
        names.append(export.index_name(number, epoch))
        private_files.write(names[1], bytes(part.index))
        archive.indexes.append(names[1])
    try:
        _update(
            export,
            parts=[*export.parts, epoch],
            place=archive.place(),
            done=export.done + part.done,
            size=archive.size,
            missing=archive.missing,
            attempts=0,
            error="",
            lease_until=Now() + LEASE,
        )
    except LeaseLostError:
        for name in names:
            private_files.delete(name)
        raise


@transaction.atomic
def _finish(export: Export) -> None:
    now = timezone.now()
    indexes = export.place["indexes"]
    _update(
        export,
        state=State.READY,
        finished_at=now,
        expires_at=now + KEPT,
        place={},
        **RELEASED,
    )
    owner = Account.objects.select_related("owner").get().owner
    letters.write_to([owner], template="export_ready", context={"export": export})
    transaction.on_commit(partial(_delete, indexes))


def _give_back(export: Export, **changes: Any) -> None:
    rows = Export.objects.filter(pk=export.pk)
    rows.held_by(export.lease_owner, export.lease_epoch).update(**changes, **RELEASED)


def _update(export: Export, **changes: Any) -> None:
    rows = Export.objects.filter(pk=export.pk)
    if not rows.held_by(export.lease_owner, export.lease_epoch).update(**changes):
        raise LeaseLostError
    for name, value in changes.items():
        setattr(export, name, value)


def _forget_unfinished(export: Export) -> None:
    """Delete the one part that the last claim may have left without a word."""
    number, epoch = len(export.parts), export.lease_epoch - 1
    _delete([export.part_name(number, epoch), export.index_name(number, epoch)])


def _delete(names: list[str]) -> None:
    for name in names:
        private_files.delete(name)


def remove_files(export: Export) -> None:
    """Delete the parts of an export that nobody will download any more."""
    _forget_unfinished(export)
    indexes = [
        export.index_name(number, epoch) for number, epoch in enumerate(export.parts)
    ]
    _delete([*export.part_names(), *indexes])
    Export.objects.filter(pk=export.pk).update(parts=[], place={})


def remove_old() -> None:
    """Delete exports a week after they were ready, and old ends; every night."""
    for export in Export.objects.expired() | Export.objects.ended_for(KEPT):
        remove_files(export)
        export.delete()
        logger.info("export %s removed", export.file_name)
