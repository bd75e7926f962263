"""The account options as rows of a form: one small class and one entry each."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.users.models import UserProfile

from wagtail_ecp.accounts import members, options, zones
from wagtail_ecp.admin.assignment_row import MaintainRow
from wagtail_ecp.admin.dashboard.option import DashboardsRow
from wagtail_ecp.admin.feed_rows import BodiesRow, FeedsRow
from wagtail_ecp.admin.option_row import OptionRow
from wagtail_ecp.admin.spam_rows import RetentionRow, ThresholdRow
from wagtail_ecp.admin.zone_field import ZoneField
from wagtail_ecp.inbox import encryption
from wagtail_ecp.inbox.models import Outbox


class NameRow(OptionRow):
    """What the e-mail centre is called."""

    name = "name"
    section = gettext_lazy("Account")

    def field(self) -> forms.Field:
        """Return a line of text."""
        return forms.CharField(
            label=_("Account name"),
            max_length=255,
            help_text=_("What this e-mail centre is called, here and on invoices."),
        )

    def effect(self) -> str:
        """Return since when the account has been there, and for how many people."""
        number = members.members().count()
        since = date_format(timezone.localtime(self.account.created_at), "DATE_FORMAT")
        return ngettext(
            "Since %(since)s, with %(number)s member.",
            "Since %(since)s, with %(number)s members.",
            number,
        ) % {"since": since, "number": number}


class ZoneRow(OptionRow):
    """The clock of the account."""

    name = "time_zone"
    section = gettext_lazy("Account")

    def field(self) -> forms.Field:
        """Return a zone that one finds by typing."""
        return ZoneField(
            label=_("Time zone"),
            help_text=_(
                "Governs every date of mail, reports and invoices. A member who has set"
                " a zone in their own profile sees dates in that one."
            ),
        )

    def effect(self) -> str:
        """Return the time there, and who has a zone of their own."""
        there = zones.zone_for(None, of_account=self.account.time_zone)
        now = timezone.localtime(timezone.now(), there)
        own = UserProfile.objects.filter(user__in=members.members())
        number = own.exclude(Q(current_time_zone="")).count()
        clock = _("It is %(time)s there (%(zone)s).") % {
            "time": date_format(now, "TIME_FORMAT"),
            "zone": now.tzname(),
        }
        if not number:
            return _("%(clock)s No member has a zone of their own.") % {"clock": clock}
        return ngettext(
            "%(clock)s %(number)s member has a zone of their own.",
            "%(clock)s %(number)s members have a zone of their own.",
            number,
        ) % {"clock": clock, "number": number}


class SslRow(OptionRow):
    """Whether mail may only travel encrypted."""

    name = "use_ssl"
    section = gettext_lazy("Mail transmission")

    def field(self) -> forms.Field:
        """Return a box, which a service level without it can't tick."""
        is_allowed = self.account.allows("ssl")
        return forms.BooleanField(
            label=_("Use SSL for all e-mail transmissions"),
            required=False,
            disabled=not is_allowed,
            help_text=_(
                "Every fetch and every send is encrypted, with a server whose"
                " certificate is valid, or does not happen; other hosts must encrypt"
                " what they bring. Off, encryption is used where it is offered."
            )
            if is_allowed
            else options.is_missing(self.account),
        )

    def effect(self) -> str:
        """Return what can't encrypt, by name, or that all can."""
        return encryption.in_words(requires_ssl=self.account.requires_ssl)


class ReceivesOnlyRow(OptionRow):
    """A trial beside a running mailbox."""

    name = "receives_only"
    section = gettext_lazy("Mail transmission")

    def field(self) -> forms.Field:
        """Return a box."""
        return forms.BooleanField(
            label=_("Receive only: send nothing"),
            required=False,
            help_text=_(
                "For a trial: mail comes in and can be read and filed, but no answer"
                " leaves."
            ),
        )

    def effect(self) -> str:
        """Return how many answers wait."""
        waiting = Outbox.objects.filter(state=Outbox.State.QUEUED).count()
        if self.account.receives_only:
            return ngettext(
                "%(number)s answer waits to be sent.",
                "%(number)s answers wait to be sent.",
                waiting,
            ) % {"number": waiting}
        return _("Answers are sent.")


ROWS: tuple[type[OptionRow], ...] = (
    NameRow,
    ZoneRow,
    SslRow,
    ReceivesOnlyRow,
    MaintainRow,
    DashboardsRow,
    FeedsRow,
    BodiesRow,
    ThresholdRow,
    RetentionRow,
)
