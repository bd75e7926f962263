"""Forms of mail servers: a password goes in and never comes out."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp import conf
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.models import OutgoingServer, Source
from wagtail_ecp.mail import probing

#: Who gets the stored password must not change without typing it again.
RECEIVES_PASSWORD = frozenset({"host", "port", "security", "username"})
#: What a server is asked anew after; nobody waits for it because of a new name.
DECIDES_TLS = frozenset({"host", "port", "security", "is_active"})

NOT_ENCRYPTED = gettext_lazy(
    "The account demands SSL for all e-mail transmissions: choose TLS or STARTTLS."
)


class ServerForm(forms.ModelForm):  # type: ignore[type-arg]
    """A server; its password is kept if none is typed."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "Stored encrypted and never shown. Empty: the stored one stays."
        ),
    )

    #: Where such servers usually listen for TLS.
    DEFAULT_PORT: ClassVar[int]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["port"].initial = self.DEFAULT_PORT

    def clean(self) -> dict[str, Any] | None:
        """Refuse to send the stored password to another server than it was meant for."""
        cleaned = super().clean()
        moved = RECEIVES_PASSWORD.intersection(self.changed_data)
        if moved and self.instance.secret and not self.cleaned_data.get("password"):
            self.add_error(
                "password",
                _("Type the password again: it would go to another place than before."),
            )
        if Account.objects.current().requires_ssl and self.is_in_use():
            self._refuse_open_lines()
        return cleaned

    def is_in_use(self) -> bool:
        """Whether mail will go through the server as the form has it."""
        return True

    def protocol(self) -> probing.Protocol | None:
        """Return what the server speaks; None if we can't ask it about TLS."""
        raise NotImplementedError

    def _refuse_open_lines(self) -> None:
        """Refuse what would not encrypt while the account demands it.

        A server that can't be reached is saved: it may be up tomorrow, and until then
        its health says what is wrong.
        """
        if self.cleaned_data.get("security") == OutgoingServer.Security.NONE:
            self.add_error("security", NOT_ENCRYPTED)
            return
        protocol = self.protocol()
        if self.errors or not DECIDES_TLS.intersection(self.changed_data):
            return
        if protocol is not None:
            problem = probing.tls_problem(
                self.cleaned_data["host"],
                self.cleaned_data["port"],
                self.cleaned_data["security"],
                protocol=protocol,
                allowed_networks=conf.get("ALLOWED_NETWORKS"),
            )
            if problem:
                self.add_error("security", problem)

    def save(self, commit: bool = True) -> Any:
        """Write the form's columns alone: workers write the others meanwhile."""
        password = self.cleaned_data.get("password")
        if password:
            self.instance.password = password
        if not (commit and self.instance.pk):
            return super().save(commit=commit)
        columns = [name for name in self.fields if name != "password"]
        self.instance.save(update_fields=[*columns, "secret"])
        return self.instance


class OutgoingServerForm(ServerForm):
    """An SMTP server."""

    DEFAULT_PORT = 465

    class Meta:
        model = OutgoingServer
        fields: ClassVar = ["name", "host", "port", "security", "username"]

    def protocol(self) -> probing.Protocol:
        """Return that of outgoing mail."""
        return "smtp"


class SourceForm(ServerForm):
    """An IMAP folder that a mailbox's mail is fetched from."""

    DEFAULT_PORT = 993
    #: What says where we have got to; the numbers mean nothing anywhere else.
    PLACE: ClassVar = ("mailbox", "host", "username", "folder", "start")

    class Meta:
        model = Source
        fields: ClassVar = [
            "mailbox",
            "name",
            "host",
            "port",
            "security",
            "username",
            "folder",
            "start",
            "is_active",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.uidvalidity is None:
            return
        for name in self.PLACE:
            self.fields[name].disabled = True
            self.fields[name].help_text = _(
                "Fixed since the first visit. To fetch from another place, deactivate"
                " this source and add a new one."
            )

    def is_in_use(self) -> bool:
        """Whether mail will be fetched from here."""
        return bool(self.cleaned_data.get("is_active"))

    def protocol(self) -> probing.Protocol | None:
        """Return IMAP; a site's own kind of source may speak anything."""
        return "imap" if self.instance.kind == "imap" else None
