"""Tags: put on, taken off, and kept in order by administrators."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from wagtail_ecp.accounts.permissions import can_administer
from wagtail_ecp.inbox import tagging
from wagtail_ecp.inbox.actions.steps import locked, note_action, require_reply
from wagtail_ecp.inbox.counters import touch, touch_all
from wagtail_ecp.inbox.models import Conversation, ConversationTag, Tag
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: On one conversation: more say nothing, and make long rows.
MOST = 30


@transaction.atomic
def tag(
    conversation: Conversation, names: Sequence[str], *, by: "User"
) -> Action | None:
    """Put the tags of these names on ``conversation``; those not known yet are made.

    None if it has them all. ValidationError for what can't be a tag's name.
    """
    require_reply(by, conversation)
    wanted = [tagging.tidy(name) for name in names]
    row = locked(conversation)
    added = tagging.put_on(row, tagging.tags_named(wanted))
    if row.taggings.count() > MOST:
        raise ValidationError(
            _("A conversation has at most %(number)s tags.") % {"number": MOST}
        )
    return _note(Action.Kind.TAGGED, row, added, by=by)


@transaction.atomic
def untag(
    conversation: Conversation, tags: Sequence[Tag], *, by: "User"
) -> Action | None:
    """Take ``tags`` off ``conversation``; None if it has none of them."""
    require_reply(by, conversation)
    row = locked(conversation)
    return _note(Action.Kind.DETAGGED, row, tagging.take_off(row, tags), by=by)


def undo_tag(row: Conversation, action: Action, by: "User") -> None:  # noqa: ARG001
    """Take off what was put on."""
    names = [tagging.key_of(name) for name in action.data["tags"]]
    tagging.take_off(row, Tag.objects.filter(key__in=names))
    _heard(row)


def undo_untag(row: Conversation, action: Action, by: "User") -> None:  # noqa: ARG001
    """Put on again what was taken off."""
    tagging.put_on(row, tagging.tags_named(action.data["tags"]))
    _heard(row)


def _note(
    kind: Action.Kind, row: Conversation, tags: Sequence[Tag], *, by: "User"
) -> Action | None:
    if not tags:
        return None
    _heard(row)
    return note_action(kind, row, by=by, tags=[tag.name for tag in tags])


def _heard(row: Conversation) -> None:
    row.is_to_be_indexed = True
    touch(row, "is_to_be_indexed")


@transaction.atomic
def rename_tag(tag: Tag, name: str, *, by: "User") -> None:
    """Spell a tag differently everywhere; ValidationError if another has that name."""
    _require_administrator(by)
    word = tagging.tidy(name)
    key = tagging.key_of(word)
    if Tag.objects.filter(key=key).exclude(pk=tag.pk).exists():
        raise ValidationError(
            _("There is a tag of this name already: merge this one into it.")
        )
    tag.name, tag.key = word, key
    tag.save(update_fields=["name", "key"])
    _reindex(tag)


@transaction.atomic
def merge_tags(gone: Tag, *, into: Tag, by: "User") -> None:
    """Put ``into`` wherever ``gone`` is, which exists no more then."""
    _require_administrator(by)
    if gone.pk == into.pk:
        raise ValidationError(_("A tag can't be merged into itself."))
    both = ConversationTag.objects.filter(tag=into).values("conversation")
    _reindex(gone)
    gone.taggings.exclude(conversation__in=both).update(tag=into)
    gone.delete()


@transaction.atomic
def delete_tag(tag: Tag, *, by: "User") -> None:
    """Take a tag off every conversation, and forget it."""
    _require_administrator(by)
    _reindex(tag)
    tag.delete()


def _require_administrator(user: "User") -> None:
    if not can_administer(user):
        raise PermissionDenied(_("Administrators keep the tags in order."))


def _reindex(tag: Tag) -> None:
    concerned = Conversation.objects.filter(taggings__tag=tag).values("pk")
    touch_all(Conversation.objects.filter(pk__in=concerned), is_to_be_indexed=True)
