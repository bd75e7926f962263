"""What all feeds of one reading share: whose they are, and where their pages are."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode, urljoin

from django.urls import reverse

from wagtail_ecp.inbox import subscriptions
from wagtail_ecp.inbox.models import Conversation, Message, Subscription


@dataclass(frozen=True)
class Frame:
    """A subscription that is being read, at an address of the site."""

    subscription: Subscription
    site: str

    @property
    def has_bodies(self) -> bool:
        """Whether entries hold whole messages: the owner must allow it now."""
        allowed = self.subscription.account.rss_full_bodies
        return allowed and self.subscription.has_bodies

    @property
    def mark(self) -> str:
        """What the feed says beside its target: a change of it is a change of the feed."""
        row = self.subscription
        chosen = (row.pk, row.format, self.has_bodies, row.has_notes)
        return " ".join(map(str, (*chosen, subscriptions.base_of(self.site))))

    @property
    def changed_at(self) -> datetime:
        """When its member last chose something of it."""
        return self.subscription.changed_at

    def identifier(self, *names: object) -> str:
        """Return a URI for the feed, or for something in it, that stays for ever.

        Readers take equal ones for the same thing, in whichever feed they find it, and
        show it once. So what stands in two feeds has two.
        """
        target = (self.subscription.column, self.subscription.target_id)
        installation = self.subscription.account.installation.identifier
        path = "/".join(map(str, (installation, *target, *names)))
        return uuid.uuid5(uuid.NAMESPACE_URL, f"wagtail-ecp:{path}").urn

    def address(self, **query: object) -> str:
        """Return the feed's own address, of its first page or of another one."""
        own = subscriptions.address_of(self.subscription, site=self.site)
        return f"{own}?{urlencode(query)}" if query else own

    def page(self, name: str, *arguments: object) -> str:
        """Return the address of one of the admin's screens."""
        path = reverse(f"wagtail_ecp:{name}", args=arguments)
        return urljoin(subscriptions.base_of(self.site), path)

    def page_of(self, conversation: Conversation | int) -> str:
        """Return the address of a conversation."""
        number = conversation if isinstance(conversation, int) else conversation.pk
        return self.page("conversation", number)

    def page_of_message(self, message: Message) -> str:
        """Return the address of a message in its conversation."""
        return f"{self.page_of(message.conversation_id)}#message-{message.pk}"
