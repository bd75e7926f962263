"""The form in which e-mail is written: answers, forwards and new e-mail."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp.admin.mail_fields import FilesField
from wagtail_ecp.admin.rich_text import editor
from wagtail_ecp.inbox import pictures
from wagtail_ecp.inbox.links import refuse_too_much
from wagtail_ecp.inbox.models import Draft, Mailbox, Message
from wagtail_ecp.inbox.signatures import exchanged, replaced, signature_of

ADDRESSES = {
    "autocomplete": "off",
    "spellcheck": "false",
    "data-ecp-recipients-target": "input",
}


#: Fields that stand in a draft's row as they are.
NAMES = (
    *("key", "version", "seen", "kind", "is_plain", "mailbox", "to", "cc", "bcc"),
    *("subject", "body", "has_quote", "is_private"),
)


class DraftForm(forms.Form):
    """What stands in a draft, however unfinished: whether it can be sent is asked later.

    Unbound it shows ``draft``, which need not have a row yet.
    """

    key = forms.CharField(max_length=32, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    # The newest message that its writer had before their eyes.
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=Draft.Kind, widget=forms.HiddenInput)
    answers = forms.IntegerField(required=False, widget=forms.HiddenInput)
    is_plain = forms.BooleanField(required=False, widget=forms.HiddenInput)
    # The mailbox whose signature stands in the text as the browser has it.
    signed = forms.CharField(required=False, widget=forms.HiddenInput)
    mailbox = forms.ModelChoiceField(
        label=gettext_lazy("From"), queryset=Mailbox.objects.none(), empty_label=None
    )
    to = forms.CharField(
        label=gettext_lazy("To"),
        required=False,
        widget=forms.TextInput(attrs=ADDRESSES),
        strip=False,
    )
    cc = forms.CharField(
        label=gettext_lazy("Cc"),
        required=False,
        widget=forms.TextInput(attrs=ADDRESSES),
        strip=False,
    )
    bcc = forms.CharField(
        label=gettext_lazy("Bcc"),
        required=False,
        widget=forms.TextInput(attrs=ADDRESSES),
        strip=False,
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject"), required=False, max_length=500, strip=False
    )
    body = forms.CharField(label=gettext_lazy("Text"), required=False, strip=False)
    has_quote = forms.BooleanField(
        label=gettext_lazy("Include the quoted text"), required=False
    )
    originals = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Files of the forwarded e-mail"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    attachments = FilesField(
        label=gettext_lazy("Attachments"),
        required=False,
        help_text=gettext_lazy("Several files can be chosen at once."),
    )
    # Pasted into the text by the script, which puts them where they stand.
    pasted = FilesField(required=False)
    is_private = forms.BooleanField(
        label=gettext_lazy("Private: nobody else sees this draft"), required=False
    )

    def __init__(self, draft: Draft, *, user: Any, data: Any = None, files: Any = None):
        self.draft, self.user = draft, user
        #: What a colleague saved meanwhile, to be shown beside it.
        self.theirs: Draft | None = None
        super().__init__(data, files, auto_id="ecp-write-%s", initial=_initial(draft))
        is_plain = draft.is_plain
        if data:
            is_plain = bool(self.fields["is_plain"].to_python(data.get("is_plain")))
        self.fields["body"].widget = (
            forms.Textarea(attrs={"rows": 12}) if is_plain else editor()
        )
        self.fields["mailbox"].queryset = self._mailboxes()  # type: ignore[attr-defined]
        # The conversation may have gone to another one while the form was open.
        self.fields["mailbox"].disabled = draft.conversation is not None
        if draft.kind == Draft.Kind.FORWARD and draft.answers is not None:
            self.fields["originals"].choices = [  # type: ignore[attr-defined]
                (file.index, file.name) for file in draft.answers.attachments.all()
            ]
        else:
            del self.fields["originals"]

    def clean(self) -> None:
        """Refuse more files than an e-mail may hold; the text is kept all the same."""
        super().clean()
        try:
            refuse_too_much(self.sizes())
        except forms.ValidationError as error:
            self.add_error("attachments", error)

    def sizes(self) -> list[int]:
        """Return the sizes of the draft's files and of those that the form brings."""
        kept = self._kept() if self.draft.pk else ()
        dropped = set(self.data.getlist("drop"))  # type: ignore[attr-defined]
        names = ("attachments", "pasted")
        given = [file for name in names for file in self.cleaned_data.get(name) or ()]
        sizes = [size for number, size in kept if str(number) not in dropped]
        return [*sizes, *(file.size or 0 for file in given)]

    def _kept(self) -> Any:
        """Return the files that are listed or shown: who undoes finds the others."""
        shown = pictures.numbers_in(self.cleaned_data.get("body") or "")
        files = self.draft.files.filter(Q(is_inline=False) | Q(pk__in=shown))
        return files.values_list("pk", "size")

    def _mailboxes(self) -> Any:
        """Return what it may be sent from: an answer from where its question lies."""
        if self.draft.conversation is not None:
            return Mailbox.objects.filter(pk=self.draft.mailbox_id)
        return Mailbox.objects.active().open_to(self.user, "reply", "manage")

    @property
    def quote(self) -> Message | None:
        """What is quoted below the text when it is sent."""
        return self.draft.answers

    @property
    def may_be_private(self) -> bool:
        """Whether it is the user's own: nobody hides what a colleague began."""
        return bool(self.draft.author_id == self.user.pk)

    @property
    def is_new(self) -> bool:
        """Whether it begins a conversation."""
        return bool(self.draft.kind == Draft.Kind.NEW)

    def show_version(self, version: int) -> None:
        """Let its writer save over ``version``, which the page shows them."""
        self._change(version=version)

    def show_seen(self, seen: int) -> None:
        """Let its writer confirm that they have seen the message ``seen``."""
        self._change(seen=seen)

    def _change(self, **values: int | str) -> None:
        given = {name: str(value) for name, value in values.items()}
        self.data = {**self.data.dict(), **given}  # type: ignore[attr-defined]

    def begin_anew(self, key: str) -> None:
        """Make a draft of its own of what was written."""
        self._change(key=key, version=0)
        self.draft = self.written(key=key)

    @property
    def is_signed_anew(self) -> bool:
        """Whether its text got the signature of another mailbox."""
        return bool(self.cleaned_data["body"] != self._signed_body())

    def body_shown(self, draft: Draft) -> str:
        """Return the text of ``draft`` as the form's field takes it."""
        return str(self.fields["body"].widget.format_value(draft.body))

    def _signed_body(self) -> str:
        """Return the text with the signature of the mailbox that is chosen now."""
        cleaned = self.cleaned_data
        before = self._signed_for(cleaned["signed"])
        if before is None or before == cleaned["mailbox"]:
            return str(cleaned["body"])
        return exchanged(
            cleaned["body"],
            signature_of(self.user, before),
            signature_of(self.user, cleaned["mailbox"]),
            is_plain=cleaned["is_plain"],
        )

    def _signed_for(self, number: str) -> Mailbox | None:
        if not (number.isascii() and number.isdecimal() and len(number) < 19):  # noqa: PLR2004
            return None
        return Mailbox.objects.visible_to(self.user).filter(pk=int(number)).first()

    def written(self, **changes: Any) -> Draft:
        """Return what a valid form holds, as a draft without a row of its own.

        It is signed as its mailbox signs, whatever the browser made of that.
        """
        cleaned = self.cleaned_data | {"body": self._signed_body()}
        return Draft(
            conversation=self.draft.conversation,
            answers=self.draft.answers,
            originals=cleaned.get("originals", []),
            author=self.user,
            **{name: cleaned[name] for name in NAMES} | changes,
        )


def _initial(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in (*NAMES, "originals")} | {
        "answers": draft.answers_id or "",
        "signed": draft.mailbox_id,
    }


def signed_by(draft: Draft, user: Any) -> Draft:
    """Return ``draft`` as ``user`` writes on: below it stands their own signature."""
    if draft.author_id != user.pk:
        draft.body = replaced(
            draft.body,
            signature_of(draft.author, draft.mailbox),
            signature_of(user, draft.mailbox),
            is_plain=draft.is_plain,
        )
    return draft


def kinds(draft: Draft) -> list[tuple[str, str, bool]]:
    """Return what an answer may be turned into: value, label, whether it is that."""
    if draft.conversation is None:
        return []
    labels = {
        Draft.Kind.REPLY: _("Reply"),
        Draft.Kind.REPLY_ALL: _("Reply all"),
        Draft.Kind.FORWARD: _("Forward"),
    }
    return [(kind.value, label, kind == draft.kind) for kind, label in labels.items()]
