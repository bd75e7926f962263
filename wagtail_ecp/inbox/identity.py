"""Our Message-IDs, which bear our mark: ecp.<conversation>.<random>.<mark>@domain."""

import re
import secrets

from wagtail_ecp import conf
from wagtail_ecp.accounts import keys
from wagtail_ecp.inbox.models import Conversation

PURPOSE = "message-id"
NUMBER = re.compile(r"[0-9]{1,18}")


def new_message_id(conversation: Conversation) -> str:
    """Return an id for an answer in ``conversation``, without angle brackets."""
    salt = secrets.token_hex(8)
    mark = keys.sign(PURPOSE, _signed(conversation, salt))
    own_domain = conversation.mailbox.address_key.partition("@")[2]
    domain = conf.get("MESSAGE_ID_DOMAIN") or own_domain
    return f"ecp.{conversation.pk}.{salt}.{mark}@{domain}"


def conversation_signed_in(message_id: str) -> Conversation | None:
    """Return the conversation, locked, that an id was made for, if it is genuine."""
    match message_id.partition("@")[0].split("."):
        case ["ecp", number, salt, mark] if NUMBER.fullmatch(number):
            rows = Conversation.objects.select_for_update().filter(pk=int(number))
            found = rows.first()
            if found and keys.is_signed(PURPOSE, _signed(found, salt), mark):
                return found
    return None


def _signed(conversation: Conversation, salt: str) -> str:
    # With its birthday: after a restore of an older database the number may belong to
    # another conversation, which an answer to the lost one must not join.
    born = int(conversation.created_at.timestamp())
    return f"{conversation.pk}.{born}.{salt}"
