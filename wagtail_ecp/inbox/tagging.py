"""Words on conversations: how they are spelt, and which rows stand for them."""

import unicodedata
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from wagtail_ecp.inbox.models import Conversation, ConversationTag, Tag

LONGEST = 50


def tidy(name: str) -> str:
    """Return ``name`` as a tag is spelt; ValidationError if it can't be one."""
    printable = "".join(c if c.isprintable() else " " for c in name)
    word = unicodedata.normalize("NFC", " ".join(printable.split()))
    if not word:
        raise ValidationError(_("A tag needs a name."))
    if "," in word:
        raise ValidationError(_("A tag's name has no commas: they stand between tags."))
    if len(word) > LONGEST:
        raise ValidationError(
            _("A tag has at most %(number)s characters; this one has %(has)s.")
            % {"number": LONGEST, "has": len(word)}
        )
    return word


def key_of(name: str) -> str:
    """Return what all spellings of a tag share."""
    return unicodedata.normalize("NFC", name.casefold())


def split(text: str) -> list[str]:
    """Return the tags that stand in ``text`` between commas, each once."""
    words = [tidy(part) for part in text.split(",") if part.strip()]
    return list({key_of(word): word for word in words}.values())


def tags_named(names: Iterable[str]) -> list[Tag]:
    """Return the tags of these names, as they were first spelt; new ones are made."""
    return [
        Tag.objects.get_or_create(key=key_of(name), defaults={"name": name})[0]
        for name in names
    ]


def put_on(row: Conversation, tags: Sequence[Tag]) -> list[Tag]:
    """Put ``tags`` on a locked conversation; return those that it did not have."""
    present = set(row.taggings.values_list("tag", flat=True))
    added = [tag for tag in tags if tag.pk not in present]
    ConversationTag.objects.bulk_create(
        ConversationTag(conversation=row, tag=tag) for tag in added
    )
    return added


def take_off(row: Conversation, tags: Iterable[Tag]) -> list[Tag]:
    """Take ``tags`` off a locked conversation; return those that it had."""
    keys = [tag.pk for tag in tags]
    taggings = row.taggings.filter(tag__in=keys).select_related("tag")
    removed = [tagging.tag for tagging in taggings.order_by("tag__key")]
    taggings.order_by().delete()
    return removed
