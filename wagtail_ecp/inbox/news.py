"""Which messages the feed of a mailbox tells of: kept, so that a page is read in order.

A message knows the mailbox in whose feed it stands. What comes in knows it at once, and
spam does not. Where a conversation goes its messages follow here; those that a person
puts into Spam or Trash stay and are passed over, which spares that a statement.
"""

from wagtail_ecp.inbox.models import Conversation, Message


def tell(conversation: Conversation) -> None:
    """Let the incoming messages stand in the feed where the conversation lies now."""
    mailbox = conversation.mailbox_of_news
    messages = Message.objects.filter(
        conversation=conversation, direction=Message.Direction.IN
    )
    if mailbox is not None:
        messages = messages.exclude(incoming__is_history=True)
    messages.update(news_of=mailbox)
