"""Why a message is in its conversation, and why it has its score."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from wagtail_ecp.admin.message_parts import raw_mail
from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.admin.refiling_words import learning
from wagtail_ecp.admin.scores import shown_score
from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.forecast import lessons
from wagtail_ecp.inbox.models import Message
from wagtail_ecp.inbox.nodes import id_hash
from wagtail_ecp.mail.parsing import ParsedMessage, parse
from wagtail_ecp.mail.visible import visible

#: A mail may cite hundreds; the nearest ones say enough.
CITED_SHOWN: Final = 20


class Citation(NamedTuple):
    """An id that a message cites, the header that does, and whose id it is."""

    header: str
    cited: str
    # Of the message that bears it; "" if nobody whom the reader may see does.
    who: str = ""
    message: Message | None = None
    url: str = ""
    is_elsewhere: bool = False


def why_here(request: AdminRequest, message: Message) -> dict[str, Any]:
    """Return what made ``message`` part of its conversation, and its score's reasons."""
    several = message.conversation.messages.filter(direction=Message.Direction.IN)
    return {
        "citations": citations(request, message),
        "shown": shown_score(message),
        "learning": learning(lessons()),
        "is_one_of_several": len(several.values_list("pk")[:2]) > 1,
        "may_reply": permissions.can_reply(request.user, message.conversation.mailbox),
    }


def citations(request: AdminRequest, message: Message) -> list[Citation]:
    """Return what ``message`` cites, the nearest first; one query beside the raw mail.

    What lies where the reader may not look is as good as not here.
    """
    cited = list(_cited(parse(raw_mail(message))))[:CITED_SHOWN]
    hashes = {id_hash(one): one for _header, one in cited}
    bearers = (
        Message.objects.visible_to(request.user)
        .filter(identifiers__is_own=True, identifiers__id_hash__in=list(hashes))
        .only(*BEARER)
    )
    by_hash = _by_hash(bearers, message)
    return [
        _citation(header, one, by_hash.get(id_hash(one)), message)
        for header, one in cited
    ]


#: What is said of the message that is cited.
BEARER: Final = (
    "at",
    "author_name",
    "conversation_id",
    "id_hash",
    "sender_address",
    "sender_name",
)


def _cited(parsed: ParsedMessage) -> Iterable[tuple[str, str]]:
    """Each id once; of the references the last one is the nearest."""
    for one in parsed.in_reply_to:
        yield "In-Reply-To", one
    for one in reversed(parsed.references):
        if one not in parsed.in_reply_to:
            yield "References", one


def _by_hash(bearers: Iterable[Message], message: Message) -> dict[str, Message]:
    """One of each id: copies went to several mailboxes, and the one here is meant."""
    ordered = sorted(
        bearers, key=lambda bearer: bearer.conversation_id == message.conversation_id
    )
    return {bearer.id_hash: bearer for bearer in ordered}


def _citation(
    header: str, cited: str, bearer: Message | None, message: Message
) -> Citation:
    if bearer is None:
        return Citation(header, visible(cited))
    url = reverse("wagtail_ecp:conversation", args=[bearer.conversation_id])
    return Citation(
        header,
        visible(cited),
        who=bearer.author_name
        or bearer.sender_name
        or bearer.sender_address
        or _("unknown sender"),
        message=bearer,
        url=f"{url}#message-{bearer.pk}",
        is_elsewhere=bearer.conversation_id != message.conversation_id,
    )
