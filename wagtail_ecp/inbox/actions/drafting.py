"""Drafts as members write, share and throw them away."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp.inbox import alert_causes, permissions, pictures
from wagtail_ecp.inbox.counters import touch_all
from wagtail_ecp.inbox.drafts import (
    DraftChangedError,
    DraftGoneError,
    NewsError,
    answer_of,
    news_since,
)
from wagtail_ecp.inbox.models import Conversation, Draft, Mailbox
from wagtail_ecp.journal.actions import display_name

if TYPE_CHECKING:
    from django.contrib.auth.models import User


#: What a writer changes of a draft.
WRITTEN = (
    *("kind", "mailbox", "conversation", "answers", "to", "cc", "bcc", "subject"),
    *("body", "is_plain", "has_quote", "originals", "is_private", "seen"),
)


@transaction.atomic
def save_draft(written: Draft, *, by: "User") -> Draft:
    """Keep what ``by`` has written so far, whatever state it is in; return its row.

    ``written`` is no row itself: its key says of which draft, which need not be there
    yet, and its version which one ``by`` saw last. DraftChangedError if somebody saved
    another one since; DraftGoneError if it was sent meanwhile, or is scheduled.
    """
    require_writer(by, written.mailbox)
    columns = {name: getattr(written, name) for name in WRITTEN}
    # Two saves of one form make one row, which the second one waits for.
    row, is_new = Draft.objects.select_for_update().get_or_create(
        key=written.key,
        defaults=columns | {"author": by, "author_name": display_name(by)},
    )
    if not is_new:
        _take_over(row, written, by=by)
    for name, value in columns.items():
        setattr(row, name, value)
    row.saved_by_name = display_name(by)
    row.changed_at = timezone.now()
    row.discarded_at, row.trouble = None, ""
    pictures.adopt(row, by=by)
    row.save()
    if is_new:
        _tell(row)
    return row


def _take_over(row: Draft, written: Draft, *, by: "User") -> None:
    """Refuse to write over what ``by`` may not, or has not seen."""
    require_own(by, row)
    require_open(row)
    if row.version != written.version:
        raise DraftChangedError(row)
    if written.is_private and row.author_id != by.pk:
        raise PermissionDenied(_("Only who began a draft can make it private."))
    row.version += 1


@transaction.atomic
def discard_draft(draft: Draft, *, by: "User") -> None:
    """Throw a draft away; ``restore_draft`` takes it out again for a day."""
    row = locked_draft(draft)
    require_own(by, row)
    require_open(row)
    row.discarded_at = timezone.now()
    row.save(update_fields=["discarded_at"])
    _tell(row)


@transaction.atomic
def restore_draft(draft: Draft, *, by: "User") -> Draft:
    """Take a draft out of the bin."""
    row = locked_draft(draft)
    require_own(by, row)
    row.discarded_at = None
    row.save(update_fields=["discarded_at"])
    _tell(row)
    return row


def _tell(row: Draft) -> None:
    """Let searches for drafts know that there is one more in the conversation, or less."""
    if row.conversation_id is not None:
        touch_all(Conversation.objects.filter(pk=row.conversation_id))


@transaction.atomic
def schedule_draft(
    draft: Draft, *, at: datetime, by: "User", after: dict[str, Any], has_seen: int
) -> Draft:
    """Have a draft sent by itself at a time to come, in the name of ``by``.

    It must be fit to be sent now: ValidationError, by field, or NewsError if not.
    """
    row = locked_draft(draft)
    require_own(by, row)
    require_open(row)
    if at <= timezone.now():
        raise ValidationError({"send_at": _("Choose a time to come.")})
    row.seen = max(row.seen, has_seen)
    refuse_news(row, by=by)
    answer_of(row, by=by, site="")
    row.author, row.author_name = by, display_name(by)
    row.send_at, row.after, row.trouble = at, after, ""
    row.version += 1
    row.changed_at = timezone.now()
    row.save()
    return row


@transaction.atomic
def unschedule_draft(draft: Draft, *, by: "User") -> Draft:
    """Make a draft that waits for its time one that is written on."""
    row = locked_draft(draft)
    require_own(by, row)
    if row.message_id:
        raise DraftGoneError(row)
    row.send_at = None
    row.version += 1
    row.save(update_fields=["send_at", "version"])
    return row


def unschedule_all(*, trouble: str) -> None:
    """Leave every scheduled draft for its writer to decide about, and say why."""
    scheduled = Draft.objects.open().exclude(send_at=None)
    numbers = list(scheduled.values_list("pk", flat=True))
    scheduled.update(send_at=None, trouble=trouble, version=F("version") + 1)
    for draft in Draft.objects.filter(pk__in=numbers).iterator():
        alert_causes.tell_of_trouble(draft)


def locked_draft(draft: Draft) -> Draft:
    """Read the row again, so that nobody sends or saves it meanwhile."""
    related = Draft.objects.select_for_update(of=("self",))
    return related.select_related("mailbox", "conversation", "answers").get(pk=draft.pk)


def require_writer(user: "User", mailbox: Mailbox) -> None:
    """Raise PermissionDenied unless ``user`` may write from ``mailbox``."""
    if not permissions.can_reply(user, mailbox):
        raise PermissionDenied(_("You may only read mail in this mailbox."))


def require_own(user: "User", row: Draft) -> None:
    """Raise PermissionDenied unless ``user`` may write in this draft."""
    require_writer(user, row.mailbox)
    if row.is_private and row.author_id != user.pk:
        raise PermissionDenied(_("This draft is private."))


def require_open(row: Draft) -> None:
    """Raise DraftGoneError if it was sent, or will be by itself."""
    if row.message_id or row.send_at:
        raise DraftGoneError(row)


def refuse_news(row: Draft, *, by: "User") -> None:
    """Raise NewsError if something came in that the draft's writer has not seen."""
    if row.conversation is None:
        return
    news = news_since(row.seen, row.conversation.whole, by=by)
    if news:
        raise NewsError(news)
