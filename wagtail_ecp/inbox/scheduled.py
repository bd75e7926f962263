"""Drafts that are sent by themselves at their time, or stay with the reason in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_ecp.accounts import letters, zones
from wagtail_ecp.accounts.installation import ensure_transport_open
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.exceptions import TransportPausedError
from wagtail_ecp.inbox import actions, alert_causes
from wagtail_ecp.inbox.drafts import DraftError, NewsError
from wagtail_ecp.inbox.models import Draft

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def send(draft_id: int) -> None:
    """Send a draft whose time has come, as its writer would press the button.

    What stands in the way leaves it as a draft and is written to its writer.
    TransportPausedError while nothing may be sent: it waits then.
    """
    account = Account.objects.select_related("installation").first()
    ensure_transport_open(account)
    if account is not None and account.receives_only:
        raise TransportPausedError("The account only receives for now.")
    draft = Draft.objects.due().select_related("author").filter(pk=draft_id).first()
    if draft is None:  # Sent, taken off or thrown away meanwhile.
        return
    if draft.author is None:
        _stay(draft, _("Its writer is no longer there."))
        return
    with _eyes_of(draft.author):
        trouble = _try(draft, draft.author)
        if trouble:
            _stay(draft, trouble)


@contextmanager
def _eyes_of(user: "User") -> Iterator[None]:
    """Speak the user's language and read the clock in their zone."""
    profile = getattr(user, "wagtail_userprofile", None)
    language = getattr(profile, "preferred_language", "") or settings.LANGUAGE_CODE
    zone = zones.zone_for(user, of_account=Account.objects.current().time_zone)
    with translation.override(language), timezone.override(zone):
        yield


def _try(draft: Draft, author: "User") -> str:
    """Send it; return what stands in the way, in words."""
    if not author.is_active:
        return _("Its writer is no longer active.")
    try:
        actions.send_draft(
            draft,
            by=author,
            version=draft.version,
            after=actions.Afterwards.read(draft.after),
        )
    except DraftError:
        pass  # Somebody was quicker, and knows.
    except (NewsError, ValidationError, PermissionDenied, FileNotFoundError) as error:
        return _words(error)
    return ""


def _words(error: Exception) -> str:
    """Say what stands in the way."""
    match error:
        case NewsError():
            number = len(error.messages)
            words = ngettext(
                "%(number)s message came in after it was written.",
                "%(number)s messages came in after it was written.",
                number,
            )
            return words % {"number": number}
        case ValidationError():
            return " ".join(error.messages)
        case FileNotFoundError():
            return _("A file that belongs to it is gone.")
    return str(error)


@transaction.atomic
def _stay(draft: Draft, trouble: str) -> None:
    """Leave it as a draft, unless somebody changed it meanwhile, and tell its writer."""
    same = Draft.objects.due().filter(pk=draft.pk, version=draft.version)
    if not same.update(send_at=None, trouble=trouble, version=F("version") + 1):
        return
    alert_causes.tell_of_trouble(draft)
    if draft.author is not None:
        context = {"draft": draft, "trouble": trouble}
        letters.write_to([draft.author], template="draft_stayed", context=context)
