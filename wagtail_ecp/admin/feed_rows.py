"""Of the account options: whether there are feeds, and what they may say."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wagtail_ecp.accounts import options
from wagtail_ecp.admin.option_row import OptionRow
from wagtail_ecp.inbox import subscriptions


class FeedsRow(OptionRow):
    """Whether members may follow mail in programs of their own."""

    name = "rss_enabled"
    section = gettext_lazy("Feeds and API")

    def field(self) -> forms.Field:
        """Return a box, which a service level without it can't tick."""
        is_allowed = self.account.allows("rss")
        return forms.BooleanField(
            label=_("Enable RSS"),
            required=False,
            disabled=not is_allowed,
            help_text=_(
                "Members follow mailboxes, conversations and saved searches in a feed"
                " reader, by private addresses. Off, every address answers “not found”"
                " until it is on again."
            )
            if is_allowed
            else options.is_missing(self.account),
        )

    def effect(self) -> str:
        """Return how many feeds there are, how many are read, and how many tell all."""
        found = subscriptions.numbers()
        if not found.all:
            return _("Nobody has subscribed to anything.")
        told = (
            ngettext(
                "%(all)s subscription, %(recent)s read this week, %(whole)s with whole"
                " messages.",
                "%(all)s subscriptions, %(recent)s read this week, %(whole)s with whole"
                " messages.",
                found.all,
            )
            % found._asdict()
        )
        if self.account.serves_feeds:
            return told
        return _("%(told)s Their addresses lead nowhere while this is off.") % {
            "told": told
        }


class BodiesRow(OptionRow):
    """Whether feeds may hold whole messages."""

    name = "rss_full_bodies"
    section = gettext_lazy("Feeds and API")

    def field(self) -> forms.Field:
        """Return a box."""
        return forms.BooleanField(
            label=_("Allow full messages in feeds"),
            required=False,
            help_text=_(
                "Members may choose whole messages instead of their beginnings. Readers"
                " on other people's servers keep what they have read."
            ),
        )

    def effect(self) -> str:
        """Return what feeds hold."""
        if self.account.rss_full_bodies:
            return _("Each member chooses it for each subscription.")
        return _("Feeds hold the beginnings of messages.")
