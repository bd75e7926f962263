"""The forms of the New Account Wizard; what an answer must be is checked in its room."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.accounts import members
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.admin.server_forms import OutgoingServerForm, SourceForm
from wagtail_ecp.admin.zone_field import ZoneField
from wagtail_ecp.inbox.models import GroupMailboxPermission, Source
from wagtail_ecp.inbox.models.transport import Server
from wagtail_ecp.journal.actions import display_name
from wagtail_ecp.setup.autoconfig import Offer, Offers

Right = GroupMailboxPermission.Permission


class StepForm(forms.Form):
    """One step: its fields are the names under which its answers are kept."""

    #: Typed and never shown again; they are kept apart from the answers.
    PASSWORDS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def answers(self) -> dict[str, Any]:
        """Return what a valid form answers, as JSON can hold it."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in self.PASSWORDS
        }

    def passwords(self) -> dict[str, str]:
        """Return the passwords that were typed, by side."""
        return {
            name.removesuffix("_password"): self.cleaned_data[name]
            for name in self.PASSWORDS
        }

    def stay_silent(self) -> None:
        """Show what is filled in without saying what is still missing."""
        self._errors = ErrorDict()

    def add_errors(self, error: ValidationError) -> None:
        """Show what the room refuses, beside the fields that it is about."""
        for name, words in error.message_dict.items():
            self.add_error(name if name in self.fields else None, words)


class AccountStep(StepForm):
    """What the account is called, and when its days begin."""

    name = forms.CharField(
        label=_("Account name"),
        max_length=255,
        help_text=_("Such as the name of your organisation."),
    )
    time_zone = ZoneField(
        label=_("Time zone"),
        help_text=_(
            "It governs the dates of mail, reports and invoices. Members may choose"
            " another for what they see."
        ),
    )


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of those who may enter the admin."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the name, and the user name where that is another."""
        return _named(obj)


class OwnerStep(StepForm):
    """Who holds the account."""

    owner = PersonField(
        label=_("Account owner"),
        queryset=None,
        help_text=_(
            "The one person who sees and changes the account's options and billing."
            " They can hand the account over later."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = _people()  # type: ignore[attr-defined]
        self.fields["owner"].initial = self.user.pk

    def answers(self) -> dict[str, Any]:
        """Return the owner's number."""
        return {"owner": str(self.cleaned_data["owner"].pk)}


class MailboxStep(StepForm):
    """The first shared address, and the servers that it comes from and goes to."""

    PASSWORDS: ClassVar = ("incoming_password", "outgoing_password")
    PORTS: ClassVar = {
        "incoming": SourceForm.DEFAULT_PORT,
        "outgoing": OutgoingServerForm.DEFAULT_PORT,
    }

    address = forms.EmailField(label=_("Address"), max_length=320)
    name = forms.CharField(
        label=_("Name"),
        max_length=255,
        help_text=_("What your team and the people you answer see, such as Support."),
    )
    incoming = forms.TypedChoiceField(
        label=_("How its mail comes in"),
        choices=[
            ("yes", _("It is fetched from an IMAP server")),
            ("", _("It is delivered to this site, by SMTP, LMTP or a pipe")),
        ],
        coerce=bool,
        empty_value=False,  # type: ignore[arg-type]
        required=False,
        initial="yes",
        widget=forms.RadioSelect,
    )
    incoming_folder = forms.CharField(
        label=_("Folder"),
        max_length=255,
        required=False,
        initial="INBOX",
        widget=forms.TextInput(attrs={"list": "ecp-folders", "autocomplete": "off"}),
        help_text=_("A test lists the folders that there are."),
    )
    start = forms.ChoiceField(
        label=_("Mail that is there already"),
        choices=[
            (Source.Start.NOW, _("Leave it: only mail that comes from now on")),
            (Source.Start.MONTH, _("Take the last 30 days")),
            (Source.Start.EVERYTHING, _("Take everything")),
        ],
        required=False,
        initial=Source.Start.NOW,
        widget=forms.RadioSelect,
        help_text=_(
            "Older mail goes to the archive and alerts nobody. All mail stays on the"
            " server, and what is unseen there stays unseen."
        ),
    )
    outgoing = forms.TypedChoiceField(
        label=_("How your answers go out"),
        choices=[
            ("yes", _("By an SMTP server")),
            ("", _("By the e-mail settings of this site")),
        ],
        coerce=bool,
        empty_value=False,  # type: ignore[arg-type]
        required=False,
        initial="yes",
        widget=forms.RadioSelect,
    )
    receives_only = forms.BooleanField(
        label=_("Only receive for now"),
        required=False,
        help_text=_(
            "For a trial beside a mailbox that is answered elsewhere: mail comes in and"
            " nothing goes out, until the owner switches that off."
        ),
    )

    def __init__(self, *args: Any, stored: frozenset[str], **kwargs: Any) -> None:
        """Offer "none required" only where mail need not be encrypted."""
        super().__init__(*args, **kwargs)
        for side, port in self.PORTS.items():
            if side in self.initial:
                self.initial[side] = "yes" if self.initial[side] else ""
            self.fields.update(_columns(side, port=port, has_one=side in stored))

    def clean(self) -> dict[str, Any] | None:
        """Demand the place of a server that is to be used, and fill what is usual."""
        cleaned = super().clean() or self.cleaned_data
        for side in self.PORTS:
            if cleaned.get(side):
                self._demand(f"{side}_host", f"{side}_port")
        cleaned["incoming_folder"] = cleaned.get("incoming_folder") or "INBOX"
        cleaned["start"] = cleaned.get("start") or Source.Start.NOW
        return cleaned

    def _demand(self, *names: str) -> None:
        for name in names:
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, _("This field is required."))

    def with_offers(self, offers: Offers) -> "dict[str, Any]":
        """Return what was typed, with the best of ``offers`` in place of the servers."""
        data: dict[str, Any] = self.data.dict()  # type: ignore[attr-defined]
        for side, found in (
            ("incoming", offers.incoming),
            ("outgoing", offers.outgoing),
        ):
            if offer := best(found):
                data[side] = "yes"
                for column in ("host", "port", "security", "username"):
                    data[f"{side}_{column}"] = str(getattr(offer, column))
        return data


def best(offers: tuple[Offer, ...]) -> Offer | None:
    """Return the first offer that may be used, one with TLS from the start if any."""
    names = dict(_securities())
    fit = [offer for offer in offers if offer.security in names]
    order = list(names)
    return min(fit, key=lambda offer: order.index(offer.security), default=None)


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Some of those who may enter the admin."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the name, and the user name where that is another."""
        return _named(obj)


class ColleaguesStep(StepForm):
    """Who else works in the mailbox, and what they may do."""

    users = PeopleField(
        label=_("Colleagues"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    right = forms.ChoiceField(
        label=_("What they may do"),
        choices=[
            (Right.READ, _("Read")),
            (Right.REPLY, _("Read and answer")),
            (Right.MANAGE, _("Read, answer and manage the mailbox")),
        ],
        initial=Right.REPLY,
        widget=forms.RadioSelect,
        help_text=_("The owner may do the same. Groups can be changed at any time."),
    )

    def __init__(self, *args: Any, owner: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["users"].queryset = _people().exclude(pk=owner)  # type: ignore[attr-defined]
        if str(self.user.pk) != owner:
            self.fields["users"].initial = [self.user.pk]

    def answers(self) -> dict[str, Any]:
        """Return the colleagues' numbers, and their right."""
        users = [str(user.pk) for user in self.cleaned_data["users"]]
        return {"users": users, "right": self.cleaned_data["right"]}


FORMS: dict[str, type[StepForm]] = {
    "account": AccountStep,
    "owner": OwnerStep,
    "mailbox": MailboxStep,
    "colleagues": ColleaguesStep,
}


def _columns(side: str, *, port: int, has_one: bool) -> dict[str, forms.Field]:
    return {
        f"{side}_host": forms.CharField(
            label=_("Server"), max_length=253, required=False
        ),
        f"{side}_port": forms.IntegerField(
            label=_("Port"), min_value=1, max_value=65535, required=False, initial=port
        ),
        f"{side}_security": forms.ChoiceField(
            label=_("Encryption"), choices=_securities(), required=False
        ),
        f"{side}_username": forms.CharField(
            label=_("User name"),
            max_length=255,
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        ),
        f"{side}_password": forms.CharField(
            label=_("Password"),
            required=False,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            help_text=_("Kept encrypted. Empty: the one that you typed before stays.")
            if has_one
            else _("Kept encrypted and never shown."),
        ),
    }


def _securities() -> list[tuple[str, Any]]:
    requires_ssl = Account.objects.current().requires_ssl
    return [
        (value, label)
        for value, label in Server.Security.choices
        if not (requires_ssl and value == Server.Security.NONE)
    ]


def _people() -> Any:
    people = members.with_permission(members.ENTER)
    return people.order_by(people.model.USERNAME_FIELD)


def _named(user: Any) -> str:
    name, username = display_name(user), user.get_username()
    return name if name == username else f"{name} ({username})"
