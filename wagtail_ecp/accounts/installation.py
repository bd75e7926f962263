"""Tells whether this is the installation that the database belongs to, or a copy.

The database and a place outside of it (a setting, or a file beside the raw mail) both
know an identifier and a beat. A clone has another site address or other files; a
restored database is behind the file. Either way no mail moves until an administrator
has said which one this is, because a copy that fetches and sends harms the original.
"""

import json
import logging
import secrets
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from wagtail_ecp import conf
from wagtail_ecp.accounts import private_files
from wagtail_ecp.accounts.models import THE_ONE, Account, Installation
from wagtail_ecp.exceptions import TransportPausedError

logger = logging.getLogger(__name__)

FILE = "installation.json"


def site_address() -> str:
    """Return the address that tells this site from a copy of it."""
    return str(getattr(settings, "WAGTAILADMIN_BASE_URL", None) or "")[:255]


def ensure_transport_open(account: Account | None = None) -> None:
    """Raise TransportPausedError, with the reason in words, if no mail may move.

    Costs one query, and none with an ``account`` just read with its installation.
    """
    account = account or Account.objects.select_related("installation").first()
    if account is None:
        raise TransportPausedError("The e-mail centre has not been set up yet.")
    if account.closed_at:
        raise TransportPausedError("The account is closed.")
    installation = check(account.installation)
    if installation.pause:
        reason = installation.get_pause_display()
        raise TransportPausedError(f"All transport is paused: {reason}.")


def check(installation: Installation | None = None) -> Installation:
    """Return the installation, paused if something shows that this is a copy."""
    installation = installation or Installation.objects.first() or _first_time()
    if installation.pause:
        return installation
    pause = _difference(installation, _read_file())
    if pause:
        _pause(installation, pause)
    return installation


@transaction.atomic
def beat() -> None:
    """Count one up in the database, then in the file; the sweep does it."""
    installation = check()
    if installation.pause:
        return
    locked = Installation.objects.select_for_update().get()
    locked.beat += 1
    locked.beat_at = Now()
    locked.save(update_fields=["beat", "beat_at"])
    # After the commit: the file may be behind the database, but never ahead of it.
    outside = {"identifier": locked.identifier, "beat": locked.beat}
    transaction.on_commit(lambda: _write_file(outside))


@transaction.atomic
def adopt() -> None:
    """Make the database belong to this installation and lift the pause."""
    installation = Installation.objects.select_for_update().get()
    outside = _read_file()
    installation.identifier = _identifier_outside(outside) or _new_identifier()
    installation.site_address = site_address()
    installation.beat = max(installation.beat, int(outside.get("beat", 0)))
    installation.pause = ""
    installation.paused_at = None
    installation.save()
    _write_file({"identifier": installation.identifier, "beat": installation.beat})


@transaction.atomic
def declare_copy() -> None:
    """Keep everything paused for good, because a person said that this is a copy."""
    _pause(Installation.objects.select_for_update().get(), Installation.Pause.IS_A_COPY)


def _first_time() -> Installation:
    outside = _read_file()
    identifier = _identifier_outside(outside) or _new_identifier()
    installation, _created = Installation.objects.get_or_create(
        pk=THE_ONE,
        defaults={"identifier": identifier, "site_address": site_address()},
    )
    _write_file({"identifier": installation.identifier, "beat": installation.beat})
    return installation


def _difference(installation: Installation, outside: dict[str, Any]) -> str:
    if installation.site_address != site_address():
        return Installation.Pause.OTHER_SITE
    if installation.identifier != _identifier_outside(outside):
        return Installation.Pause.OTHER_FILES
    if int(outside.get("beat", 0)) > installation.beat:
        return Installation.Pause.OLDER_DATABASE
    return ""


def _pause(installation: Installation, pause: str) -> None:
    logger.error("all transport is paused: %s", pause)
    installation.pause = pause
    installation.paused_at = Now()
    installation.save(update_fields=["pause", "paused_at"])


def _new_identifier() -> str:
    return secrets.token_hex(16)


def _identifier_outside(outside: dict[str, Any]) -> str:
    return str(conf.get("INSTALLATION_ID") or outside.get("identifier", ""))


def _read_file() -> dict[str, Any]:
    try:
        content = json.loads(private_files.read(FILE))
    except (FileNotFoundError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write_file(content: dict[str, Any]) -> None:
    private_files.write(FILE, json.dumps(content).encode())
