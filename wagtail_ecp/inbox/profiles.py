"""What members decide for themselves; nobody writes anybody else's profile."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp.inbox.models import Mailbox, MemberProfile

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: What a member sets, beside ``alert_mailboxes``.
COLUMNS = (
    "signature",
    "default_mailbox",
    "starting_tab",
    "archive_on_reply",
    "has_preview",
    "is_compact",
    "newest_first",
    "then_shows",
    "undo_seconds",
    "writes_plain",
    "alert_assigned",
    "alert_mentioned",
    "alert_followed",
    "alerts_by_mail",
)
#: Who changes one of these is told of what comes from then on.
ALERTS = frozenset(
    {"alert_assigned", "alert_mentioned", "alert_followed", "alert_mailboxes"}
)


@transaction.atomic
def change(wanted: Mapping[str, Any], *, by: "User") -> MemberProfile:
    """Change these of ``COLUMNS`` and ``alert_mailboxes`` in the profile of ``by``.

    PermissionDenied for somebody without a mailbox. ValidationError, with messages by
    name, for a value that makes no sense or a mailbox that ``by`` may not read.
    """
    readable = Mailbox.objects.visible_to(by)
    if not readable.exists():
        raise PermissionDenied(_("Only members have a mail profile."))
    _check_mailboxes(wanted, readable=set(readable.values_list("pk", flat=True)))
    MemberProfile.objects.get_or_create(user_id=by.pk)
    profile = MemberProfile.objects.select_for_update().get(user=by.pk)
    for name in COLUMNS:
        if name in wanted:
            setattr(profile, name, wanted[name])
    profile.signature = _tidy(profile.signature)
    profile.clean_fields()
    if ALERTS & set(wanted):
        profile.alerts_since = timezone.now()
    profile.save()
    if "alert_mailboxes" in wanted:
        profile.alert_mailboxes.set(wanted["alert_mailboxes"])
    return profile


def _check_mailboxes(wanted: Mapping[str, Any], *, readable: set[int]) -> None:
    default = wanted.get("default_mailbox")
    chosen = {
        "default_mailbox": [default] if default else [],
        "alert_mailboxes": wanted.get("alert_mailboxes", ()),
    }
    refusal = _("There is no such mailbox that you may read.")
    wrong = {
        name: refusal
        for name, mailboxes in chosen.items()
        if any(mailbox.pk not in readable for mailbox in mailboxes)
    }
    if wrong:
        raise ValidationError(wrong)


def _tidy(signature: str) -> str:
    """Leave out blank ends, and a delimiter: it is put before the signature anyway."""
    lines = [line.rstrip() for line in signature.splitlines()]
    text = "\n".join(lines).strip("\n")
    first, _end, rest = text.partition("\n")
    return rest.strip("\n") if first == "--" else text
