"""Drafts: what they would be as mail, and what stands in the way of sending them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp.exceptions import EmailCentreError
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.answers import Answer
from wagtail_ecp.inbox.links import (
    NewLink,
    new_links,
    refuse_too_much,
    remove_expired,
)
from wagtail_ecp.inbox.models import Conversation, Draft, Message
from wagtail_ecp.inbox.quotes import NO_QUOTE, Quote, passed_on, quoted
from wagtail_ecp.inbox.recipients import has_control_characters, read_addresses
from wagtail_ecp.inbox.rich_text import as_mail
from wagtail_ecp.inbox.signatures import is_bare, replaced, signature_of
from wagtail_ecp.mail.composing import OutgoingFile
from wagtail_ecp.mail.parsing import attachment_data

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Kind = Draft.Kind

#: What was sent or thrown away stays for so long, for whoever still has its form open.
KEPT = timedelta(days=1)


class DraftError(EmailCentreError):
    """A draft is not what its writer takes it for; nothing has been changed."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(str(draft))
        self.draft = draft


class DraftChangedError(DraftError):
    """Somebody saved a version that this writer has not seen."""


class DraftGoneError(DraftError):
    """It was sent, or is to be sent by itself: nobody changes it any more."""


class NewsError(EmailCentreError):
    """Something came in since one began to write, and one has to say that it is seen."""

    def __init__(self, messages: Sequence[Message]) -> None:
        super().__init__(f"{len(messages)} messages")
        self.messages = messages


def news_since(seen: int, conversation: Conversation, *, by: Any) -> list[Message]:
    """Return what came into ``conversation`` after the message ``seen``, oldest first.

    Neither what ``by`` wrote themselves nor spam is news.
    """
    later = conversation.messages.in_order().filter(pk__gt=seen)
    return [
        message
        for message in later.defer("text")
        if not (message.is_spam or (message.is_ours and message.author_id == by.pk))
    ]


def answer_of(draft: Draft, *, by: "User", site: str) -> Answer:
    """Return what ``draft`` says and to whom, signed by ``by``.

    ValidationError, by field, for what can't be sent.
    """
    wrong: dict[str, Any] = {}
    people = {
        name: _checked(name, read_addresses, getattr(draft, name), wrong)
        for name in ("to", "cc", "bcc")
    }
    _checked("subject", _one_line, draft.subject, wrong)
    if not (any(people.values()) or wrong):
        wrong["to"] = _("Say who should get this.")
    body = replaced(
        draft.body,
        signature_of(draft.author, draft.mailbox),
        signature_of(by, draft.mailbox),
        is_plain=draft.is_plain,
    )
    if _is_empty(draft, body, by):
        wrong["body"] = _("There is nothing to send yet.")
    if wrong:
        raise ValidationError(wrong)
    letter = None if draft.is_plain else as_mail(body, site=site, user=by)
    images = letter.images if letter else ()
    return Answer(
        **{name: found or () for name, found in people.items()},
        subject=draft.subject,
        html=letter.html if letter else "",
        text="" if letter else body,
        images=images,
        quote=quote_of(draft),
        files=files_of(draft, images=images),
        links=links_of(draft, site=site),
    )


def _checked(
    name: str, check: Callable[[str], Any], value: str, wrong: dict[str, Any]
) -> Any:
    try:
        return check(value)
    except ValidationError as error:
        wrong[name] = error.messages
        return None


def _one_line(subject: str) -> None:
    """Refuse what would become a header of its own."""
    if has_control_characters(subject):
        raise ValidationError(_("Write the subject on one line."))


def _is_empty(draft: Draft, body: str, by: "User") -> bool:
    """Whether there is nothing in it but a signature; a forward needs no more."""
    if draft.kind == Kind.FORWARD and draft.has_quote:
        return False
    signature = signature_of(by, draft.mailbox)
    if not is_bare(body, signature, is_plain=draft.is_plain):
        return False
    return not (draft.originals or (draft.pk and draft.files.beside().exists()))


def quote_of(draft: Draft) -> Quote:
    """Return what stands below the draft's own text when it is sent."""
    if not draft.has_quote or draft.answers is None:
        return NO_QUOTE
    if draft.kind == Kind.FORWARD:
        return passed_on(draft.answers)
    return quoted(draft.answers)


def files_of(
    draft: Draft, *, images: Sequence[OutgoingFile] = ()
) -> tuple[OutgoingFile, ...]:
    """Return what goes along; ValidationError if a mail can't hold it beside ``images``."""
    files = (*_added(draft), *_originals(draft)) if draft.pk else ()
    try:
        refuse_too_much(len(file.data) for file in (*files, *images))
    except ValidationError as error:
        raise ValidationError({"body": error.messages}) from error
    return files


def links_of(draft: Draft, *, site: str) -> tuple[NewLink, ...]:
    """Return addresses for what is too large to go along."""
    return new_links(draft.files.filter(is_link=True), site=site) if draft.pk else ()


def _added(draft: Draft) -> Iterable[OutgoingFile]:
    for file in draft.files.beside().filter(is_link=False):
        yield OutgoingFile(
            name=file.name,
            content_type=file.content_type,
            data=blobs.read(file.blob_id),
        )


def _originals(draft: Draft) -> Iterable[OutgoingFile]:
    """Yield what goes along of the message that is passed on."""
    if draft.kind != Kind.FORWARD or draft.answers is None or not draft.originals:
        return
    raw = blobs.read(draft.answers.blob_id)
    for file in draft.answers.attachments.filter(index__in=draft.originals):
        _part, data = attachment_data(raw, file.index)
        yield OutgoingFile(name=file.name, content_type=file.content_type, data=data)


def remove_old() -> None:
    """Delete drafts that were sent or thrown away a day ago, and links long expired."""
    remove_expired()
    over = timezone.now() - KEPT
    Draft.objects.filter(message__isnull=False, changed_at__lt=over).delete()
    Draft.objects.filter(discarded_at__lt=over).delete()
