"""The form beneath a conversation."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp import conf
from wagtail_ecp.admin.reading import written
from wagtail_ecp.admin.rich_text import editor
from wagtail_ecp.inbox.answers import Answer, reply_address, reply_subject
from wagtail_ecp.inbox.models import Conversation, MemberProfile, Message
from wagtail_ecp.inbox.rich_text import as_mail, is_untouched, with_signature
from wagtail_ecp.mail.addresses import Address, parse_addresses
from wagtail_ecp.mail.composing import OutgoingFile

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    Upload = UploadedFile[Any]  # Generic for type checkers alone.


class AddressesField(forms.CharField):
    """Addresses with commas between them, with or without names (RFC 5322)."""

    def to_python(self, value: Any) -> tuple[Address, ...]:  # type: ignore[override]
        """Return the addresses; ValidationError names the first that is none."""
        text = value or ""
        if _has_control_characters(text):
            raise ValidationError(_("Write all addresses on one line."))
        addresses = parse_addresses(text)
        for address in addresses:
            _check(address)
        return addresses

    def validate(self, value: Any) -> None:
        """Leave it to the answer whether there are enough recipients."""

    def run_validators(self, value: Any) -> None:
        """Nothing more: the addresses were checked one by one."""


def _check(address: Address) -> None:
    local, _at, domain = address.key.rpartition("@")
    try:
        # The form that is compared has its domain in ASCII, as servers want it.
        validate_email(f"{local}@{domain}")
    except ValidationError:
        wrong = address.address or address.name
        raise ValidationError(
            _("“%(address)s” is not an e-mail address."), params={"address": wrong}
        ) from None


def _has_control_characters(text: str) -> bool:
    return any(unicodedata.category(character) == "Cc" for character in text)


class FilesInput(forms.FileInput):
    """An input for any number of files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of uploaded files."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[Upload]":
        """Return the files, each checked as Django checks one."""
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in given if file]


class ReplyForm(forms.Form):
    """What a member wrote; the answer itself is checked where it is made."""

    to = AddressesField(label=gettext_lazy("To"), required=False)
    cc = AddressesField(label=gettext_lazy("Cc"), required=False)
    bcc = AddressesField(label=gettext_lazy("Bcc"), required=False)
    subject = forms.CharField(
        label=gettext_lazy("Subject"), required=False, max_length=500
    )
    body = forms.CharField(label=gettext_lazy("Your answer"), required=False)
    attachments = FilesField(
        label=gettext_lazy("Attachments"),
        required=False,
        help_text=gettext_lazy("Several files can be chosen at once."),
    )
    # The newest message that its writer had before their eyes.
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, profile: MemberProfile, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "ecp-reply-%s", **kwargs})
        self.profile = profile
        self.fields["body"].widget = editor()

    def clean_subject(self) -> str:
        """Refuse what would become a header of its own."""
        subject: str = self.cleaned_data["subject"]
        if _has_control_characters(subject):
            raise ValidationError(_("Write the subject on one line."))
        return subject

    def clean_attachments(self) -> "list[Upload]":
        """Refuse more than a mail may hold: files grow by a third on their way."""
        files: list[Upload] = self.cleaned_data["attachments"]
        most = conf.get("MAX_MESSAGE_BYTES")
        if sum(file.size or 0 for file in files) * 4 / 3 > most:
            raise ValidationError(
                _("These files are too large: %(size)s in all is the limit."),
                params={"size": filesizeformat(most * 3 // 4)},
            )
        return files

    def clean(self) -> dict[str, Any] | None:
        """Refuse a signature alone; an answer without one is checked where it is made."""
        cleaned = super().clean()
        signature, body = self.profile.signature, self.cleaned_data.get("body", "")
        is_bare = bool(signature) and is_untouched(body, signature=signature)
        if is_bare and not self.cleaned_data.get("attachments"):
            self.add_error("body", _("There is nothing to send yet."))
        return cleaned

    @property
    def archives(self) -> bool:
        """Whether the conversation is archived: by the button, else by preference."""
        pressed = {"0": False, "1": True}.get(self.data.get("archive", ""))
        return self.profile.archive_on_reply if pressed is None else pressed

    def ask_again(self, latest: int) -> None:
        """Show ``latest`` as seen from now on, so that sending again confirms."""
        self.data = {**self.data.dict(), "seen": str(latest)}  # type: ignore[attr-defined]

    def answer(self, *, site: str, user: Any) -> Answer:
        """Return the answer that a valid form describes."""
        cleaned = self.cleaned_data
        letter = as_mail(cleaned["body"], site=site, user=user)
        return Answer(
            to=cleaned["to"],
            cc=cleaned["cc"],
            bcc=cleaned["bcc"],
            subject=cleaned["subject"],
            html=letter.html,
            images=letter.images,
            files=tuple(_outgoing(cleaned["attachments"])),
        )


def _outgoing(files: "Iterable[Upload]") -> Iterable[OutgoingFile]:
    for file in files:
        yield OutgoingFile(
            name=file.name or _("attachment"),
            content_type=file.content_type or "application/octet-stream",
            data=file.read(),
        )


def answered_message(messages: Sequence[Message]) -> Message | None:
    """Return what an answer answers: the last that came in, else our own last.

    Spam is answered only where there is nothing else.
    """
    accepted = [message for message in messages if not message.is_spam]
    wanted = [message for message in accepted if not message.is_ours]
    return next(reversed(wanted or accepted or messages), None)


def unbound(
    conversation: Conversation, messages: Sequence[Message], *, profile: MemberProfile
) -> ReplyForm:
    """Return the form as it first appears: addressed, and signed by its writer."""
    answered = answered_message(messages)
    subject = answered.subject if answered else conversation.subject
    return ReplyForm(
        profile,
        initial={
            "body": with_signature(profile.signature),
            "to": _recipients(answered) if answered else "",
            "subject": reply_subject(subject),
            "seen": newest(messages) or 0,
        },
    )


def newest(messages: Iterable[Message]) -> int | None:
    """Return the number of the message that was stored last."""
    return max((message.pk for message in messages), default=None)


def _recipients(answered: Message) -> str:
    if not answered.is_ours:
        return written(reply_address(answered))
    pairs = answered.addresses.get("to", ())
    return ", ".join(written(Address(*pair)) for pair in pairs)
