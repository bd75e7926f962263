"""Private feeds of members: begun, changed, given another address, ended."""

from typing import TYPE_CHECKING, Final, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.accounts.permissions import can_administer
from wagtail_ecp.inbox import subscriptions
from wagtail_ecp.inbox.models import Conversation, Mailbox, Subscription
from wagtail_ecp.inbox.models.subscriptions import Target, column_of
from wagtail_ecp.journal.actions import record
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class Choices(NamedTuple):
    """What a member chooses of a feed."""

    format: str = Subscription.Format.RSS
    has_bodies: bool = False
    has_notes: bool = False


#: A feed of snippets, which every reader understands.
USUAL: Final = Choices()


@transaction.atomic
def subscribe(target: Target, choices: Choices = USUAL, *, by: "User") -> Subscription:
    """Give ``by`` a feed of something that they may read, and return its row.

    If they have one, its choices are changed and its address stays. ValidationError
    while feeds are switched off, for full messages where the owner does not allow
    them, and for what is no format.
    """
    account = Account.objects.select_for_update().first() or Account()
    _check(account, choices)
    row = Subscription.objects.live().filter(user=by.pk).to(target).first()
    is_new = row is None
    if row is None:
        row = Subscription(user=by, **{column_of(target): target})
    if not subscriptions.is_open_to(by, row):
        raise PermissionDenied(_("You may not read this."))
    row.format, row.has_bodies, row.has_notes = choices
    row.changed_at = timezone.now()
    row.save()
    if is_new:
        _note(Action.Kind.SUBSCRIBED, row, by=by)
    return row


def _check(account: Account, choices: Choices) -> None:
    if not account.serves_feeds:
        raise ValidationError(_("Feeds are switched off in this account."))
    if choices.has_bodies and not account.rss_full_bodies:
        raise ValidationError(
            _("The account owner does not allow full messages in feeds.")
        )
    if choices.format not in Subscription.Format.values:
        raise ValidationError(_("There is no such format."))


@transaction.atomic
def revoke_subscription(subscription: Subscription, *, by: "User") -> None:
    """End a feed of one's own, or as an administrator anybody's: its address is gone."""
    row = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if row.user_id != by.pk and not can_administer(by):
        raise PermissionDenied(_("This is somebody else's subscription."))
    if row.revoked_at is None:
        _end(row)
        _note(Action.Kind.UNSUBSCRIBED, row, by=by)


@transaction.atomic
def renew_subscription(subscription: Subscription, *, by: "User") -> Subscription:
    """Give one's own feed another address; the old one is gone from now on."""
    row = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if row.user_id != by.pk:
        raise PermissionDenied(_("This is somebody else's subscription."))
    if row.revoked_at is not None:
        raise ValidationError(_("This subscription has ended."))
    _end(row)
    new = Subscription.objects.create(
        user=by,
        format=row.format,
        has_bodies=row.has_bodies,
        has_notes=row.has_notes,
        **{f"{row.column}_id": row.target_id},
    )
    _note(Action.Kind.FEED_RENEWED, new, by=by)
    return new


def _end(row: Subscription) -> None:
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])


def _note(kind: Action.Kind, row: Subscription, *, by: "User") -> None:
    """Write it down where it belongs; of a search of one's own the number must do."""
    target = row.target
    mailbox = conversation = None
    if isinstance(target, Mailbox):
        mailbox = target.pk
    elif isinstance(target, Conversation):
        mailbox, conversation = target.whole.mailbox_id, target.whole.pk
    record(
        kind,
        mailbox=mailbox,
        conversation=conversation,
        by=by,
        data={"subscription": row.pk},
    )
