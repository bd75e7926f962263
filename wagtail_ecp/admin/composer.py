"""Where an answer to a conversation is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.forms import Media

from wagtail_ecp.admin.own_profile import own_profile
from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.admin.reading import Line, Shown
from wagtail_ecp.admin.reply_form import ReplyForm, unbound
from wagtail_ecp.inbox.models import Conversation


@dataclass(frozen=True, slots=True)
class Composer:
    """The form and what it needs of the page; no form where nobody may answer."""

    form: ReplyForm | None = None
    media: Media = field(default_factory=Media)


def composer(
    request: AdminRequest,
    found: Conversation,
    *,
    rows: Sequence[Shown | Line],
    form: ReplyForm | None,
    may_reply: bool,
) -> Composer:
    """Return the form as it first appears, or ``form``, which was not sent."""
    if not (may_reply and found.mailbox.is_active):
        return Composer()
    if form is None:
        messages = [row.message for row in rows]
        form = unbound(found, messages, profile=own_profile(request))
    script = Media(js=["wagtail_ecp/js/settle_controller.js"])
    return Composer(form, form.media + script)
