"""The same entries by Django's own syndication framework, as any site would write it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html, format_html_join, linebreaks

from wagtail_ecp.inbox.models import Mailbox, Message

ENTRIES = 50


class PlainFeed(Feed):  # type: ignore[type-arg]
    """A mailbox's newest messages for whoever asks: no token, no rights, no pages."""

    language = "en"

    def get_object(self, _request: Any, pk: int) -> Mailbox:
        """Return the mailbox."""
        return Mailbox.objects.get(pk=pk)

    def title(self, mailbox: Mailbox) -> str:
        """Return what the feed is called."""
        return str(mailbox)

    def link(self, mailbox: Mailbox) -> str:
        """Return where its page is."""
        return f"/admin/mail/{mailbox.pk}/inbox/"

    def description(self, mailbox: Mailbox) -> str:
        """Return what it is."""
        return f"New messages of {mailbox}"

    def items(self, mailbox: Mailbox) -> Iterable[Message]:
        """Return the newest messages, by the index that ours are read by."""
        found = Message.objects.filter(news_of=mailbox).exclude(score__is_spam=True)
        return (
            found.select_related("conversation")
            .prefetch_related("conversation__tags", "attachments")
            .defer("text")
            .order_by("-id")[:ENTRIES]
        )

    def item_title(self, item: Message) -> str:
        """Return its subject."""
        return item.subject

    def item_description(self, item: Message) -> str:
        """Return its snippet and the names of its files."""
        body = linebreaks(item.snippet, autoescape=True)
        files = [
            (f"{file.name} ({filesizeformat(file.size)})",)
            for file in item.attachments.all()
        ]
        if not files:
            return body
        return format_html(
            "{}<ul>{}</ul>", body, format_html_join("", "<li>{}</li>", files)
        )

    def item_link(self, item: Message) -> str:
        """Return where it is shown."""
        return f"/admin/mail/conversations/{item.conversation_id}/#message-{item.pk}"

    def item_guid(self, item: Message) -> str:
        """Return what it is known by."""
        return f"tag:tests.example,2026:message:{item.pk}"

    item_guid_is_permalink = False

    def item_author_name(self, item: Message) -> str:
        """Return who wrote it."""
        return item.sender_name

    def item_pubdate(self, item: Message) -> datetime:
        """Return when it was written."""
        return item.at

    def item_categories(self, item: Message) -> list[str]:
        """Return its conversation's tags."""
        return [tag.name for tag in item.conversation.tags.all()]
