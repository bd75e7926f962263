"""Our Message-IDs, which bear our mark: ecp.<conversation>.<random>.<mark>@domain."""

import secrets

from wagtail_ecp import conf
from wagtail_ecp.accounts import keys
from wagtail_ecp.inbox.models import Conversation

PURPOSE = "message-id"


def new_message_id(conversation: Conversation) -> str:
    """Return an id for an answer in ``conversation``, without angle brackets."""
    signed = f"{conversation.pk}.{secrets.token_hex(8)}"
    own_domain = conversation.mailbox.address_key.partition("@")[2]
    domain = conf.get("MESSAGE_ID_DOMAIN") or own_domain
    return f"ecp.{signed}.{keys.sign(PURPOSE, signed)}@{domain}"


def conversation_signed_in(message_id: str) -> int | None:
    """Return the conversation that an id was made for, if the mark is genuine."""
    match message_id.partition("@")[0].split("."):
        case ["ecp", number, salt, mark] if number.isdecimal():
            is_ours = keys.is_signed(PURPOSE, f"{number}.{salt}", mark)
            return int(number) if is_ours else None
    return None
