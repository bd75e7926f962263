"""Where an answer to a conversation is written."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.forms import Media
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wagtail_ecp.admin.draft_form import DraftForm, kinds, signed_by
from wagtail_ecp.admin.library_files import Library, chooser_media, libraries
from wagtail_ecp.admin.moments import Moment, moments
from wagtail_ecp.admin.own_profile import own_profile
from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.inbox.drafts import news_since
from wagtail_ecp.inbox.models import Conversation, Draft, Message
from wagtail_ecp.inbox.quotes import attribution
from wagtail_ecp.inbox.rich_text import as_plain
from wagtail_ecp.inbox.writing import answer_to, newest

MEDIA = Media(
    css={"all": ["wagtail_ecp/css/compose.css"]},
    js=[
        "wagtail_ecp/js/settle_controller.js",
        "wagtail_ecp/js/draft_controller.js",
        "wagtail_ecp/js/draft_files_controller.js",
        "wagtail_ecp/js/combobox.js",
        "wagtail_ecp/js/recipients_controller.js",
    ],
)
#: The quotation is shown folded; who wants all of it reads it above.
QUOTE_SHOWN = 4000
#: So is a draft that waits for its time.
DRAFT_SHOWN = 2000


class Other(NamedTuple):
    """A draft of the same conversation that is not in the form."""

    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Composer:
    """The form and what it needs of the page; no form where nobody may answer."""

    form: DraftForm | None = None
    #: Waits for its time: it can be sent at once or taken off, but not changed.
    scheduled: Draft | None = None
    others: list[Other] = field(default_factory=list)
    #: What came in since one began to write, in words.
    news: list[str] = field(default_factory=list)
    #: The newest of it: who sends all the same confirms having seen this.
    newest: int = 0
    #: What a colleague saved meanwhile.
    theirs: Draft | None = None
    moments: list[Moment] = field(default_factory=list)
    archives_first: bool = False
    came_from: str = ""
    media: Media = field(default_factory=Media)

    @property
    def scheduled_text(self) -> str:
        """What is to be sent, as plain text, as far as it is shown."""
        return _text_of(self.scheduled)[:DRAFT_SHOWN] if self.scheduled else ""

    @property
    def their_text(self) -> str:
        """What a colleague saved meanwhile, as plain text."""
        return _text_of(self.theirs) if self.theirs else ""

    @property
    def kinds(self) -> list[tuple[str, str, bool]]:
        """What it may be turned into."""
        return kinds(self.form.draft) if self.form else []

    @property
    def libraries(self) -> list[Library]:
        """Where files may come from beside the member's own computer."""
        return libraries()

    @property
    def file_words(self) -> str:
        """What the script that uploads says, as JSON."""
        return json.dumps(
            {
                "sending": _("Uploading …"),
                "done": _("The files are in the draft."),
                "inText": _("The pasted image is in the text."),
                "pasted": _("The pasted image is in the draft, as an attachment."),
                "failed": _("Not uploaded: try again, or send the form with the file."),
            }
        )

    @property
    def script_words(self) -> str:
        """What the script that saves says, as JSON."""
        return json.dumps(
            {
                "saved": _("Draft saved %(ago)s ago"),
                "saving": _("Saving …"),
                "failed": _("Not saved yet. Your text is kept in this browser."),
                "out": _(
                    "Not saved: you are logged out. Your text is kept in this browser"
                    " until you are back."
                ),
                "plain": _("Plain text has no formatting: it would be lost. Go on?"),
            }
        )

    @property
    def quote_intro(self) -> str:
        """Who wrote what is quoted, and when."""
        quote = self.form.quote if self.form else None
        return attribution(quote) if quote else ""

    @property
    def quote_text(self) -> str:
        """What is quoted, as far as it is shown."""
        quote = self.form.quote if self.form else None
        return quote.text.strip()[:QUOTE_SHOWN] if quote else ""


def composer(
    request: AdminRequest,
    found: Conversation,
    *,
    rows: Sequence[Any],
    form: DraftForm | None,
    may_reply: bool,
) -> Composer:
    """Return the form for the draft that is asked for, else for one's own, else empty.

    ``form`` is one that was not sent or not saved: it is shown again.
    """
    if not (may_reply and found.mailbox.is_active):
        return Composer()
    messages = [row.message for row in rows]
    drafts = drafts_of(found, request.user)
    draft = form.draft if form else _wanted(request, found, messages, drafts)
    others = [_other(row) for row in drafts if row.pk != draft.pk]
    if draft.send_at and form is None:
        return scheduled(draft, others=others)
    form = form or DraftForm(signed_by(draft, request.user), user=request.user)
    return filled(request, form, others=others, conversation=found, messages=messages)


def scheduled(draft: Draft, *, others: list[Other] | None = None) -> Composer:
    """Return what stands in the form's place while a draft waits for its time."""
    return Composer(scheduled=draft, others=others or [], media=MEDIA)


def filled(
    request: AdminRequest,
    form: DraftForm,
    *,
    others: list[Other] | None = None,
    conversation: Conversation | None = None,
    messages: Sequence[Message] = (),
) -> Composer:
    """Return the form with all that stands around it."""
    news: list[Message] = []
    if conversation is not None and newest(messages) > (seen := _seen(form)):
        news = news_since(seen, conversation, by=request.user)
    profile = own_profile(request)
    return Composer(
        form=form,
        others=others or [],
        news=[news_words(message) for message in news],
        newest=newest(news),
        theirs=form.theirs,
        moments=moments(),
        archives_first=profile.archive_on_reply,
        came_from=request.POST.get("from") or request.GET.get("from") or "",
        media=form.media + MEDIA + chooser_media(),
    )


def _text_of(draft: Draft) -> str:
    return (draft.body if draft.is_plain else as_plain(draft.body)).strip()


def _seen(form: DraftForm) -> int:
    value = str(form["seen"].value() or 0)
    return int(value) if value.isdecimal() and len(value) < 19 else 0  # noqa: PLR2004


def drafts_of(found: Conversation, user: Any) -> list[Draft]:
    """Return the open drafts of a conversation that ``user`` may see, latest first."""
    visible = Draft.objects.visible_to(user).open().filter(conversation=found)
    related = visible.select_related("mailbox", "answers", "author", "conversation")
    return list(related.order_by("-changed_at", "-pk"))


def _wanted(
    request: AdminRequest,
    found: Conversation,
    messages: Sequence[Message],
    drafts: Sequence[Draft],
) -> Draft:
    """Return what the address asks for: a draft, or to write something anew."""
    wanted = request.GET.get("draft", "")
    kind = request.GET.get("write", "")
    own = [row for row in drafts if row.author_id == request.user.pk]
    chosen = [row for row in drafts if str(row.pk) == wanted]
    if kind in Draft.Kind.values:
        chosen = own = []
    if chosen or own:
        return (chosen or own)[0]
    asked = request.GET.get("message", "")
    one = [message for message in messages if str(message.pk) == asked]
    draft = answer_to(
        found,
        one or messages,
        kind=_answering(kind),
        by=request.user,
        profile=own_profile(request),
    )
    draft.seen = newest(messages)
    return draft


def _answering(kind: str) -> Draft.Kind:
    known = (Draft.Kind.REPLY_ALL, Draft.Kind.FORWARD)
    return Draft.Kind(kind) if kind in known else Draft.Kind.REPLY


def _other(draft: Draft) -> Other:
    words = _("%(name)s is writing a %(kind)s, saved %(when)s")
    if draft.send_at:
        words = _("%(name)s has a %(kind)s that is sent by itself, saved %(when)s")
    return Other(
        draft.pk,
        words
        % {
            "name": draft.author_name,
            "kind": draft.get_kind_display(),
            "when": date_format(
                timezone.localtime(draft.changed_at), "SHORT_DATETIME_FORMAT"
            ),
        },
    )


def news_words(message: Message) -> str:
    """Say what came in: who wrote it, and when."""
    when = date_format(timezone.localtime(message.at), "TIME_FORMAT")
    if message.is_ours:
        return _("%(when)s: %(name)s answered.") % {
            "name": message.author_name,
            "when": when,
        }
    return _("%(when)s: %(name)s wrote.") % {
        "name": message.sender_name or message.sender_address,
        "when": when,
    }
