"""Tags on a conversation: put on, taken off, completed while one types."""

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages as notices

from wagtail_ecp.admin.lookups import find_conversation
from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.onward import go_back
from wagtail_ecp.admin.pages import AdminRequest, refuses_forgery
from wagtail_ecp.admin.undo_notice import offer_undo
from wagtail_ecp.inbox import actions, tagging
from wagtail_ecp.inbox.models import ConversationTag, Tag

#: So many are offered at once.
OFFERED = 10


@refuses_forgery
@require_POST
def tag(request: AdminRequest, number: int) -> HttpResponse:
    """Put on the tags that were written, with commas between them."""
    found = find_conversation(request, number)
    try:
        names = tagging.split(request.POST.get("tags", ""))
        done = actions.tag(found, names, by=request.user)
    except ValidationError as refusal:
        notices.error(request, " ".join(refusal.messages))
        return go_back(request, found)
    if done is None:
        notices.success(request, _("#%(number)s is tagged so.") % {"number": found.pk})
    else:
        words = _("#%(number)s is tagged: %(tags)s.")
        told = {"number": found.pk, "tags": ", ".join(done.data["tags"])}
        offer_undo(request, done, words % told)
    return go_back(request, found)


@refuses_forgery
@require_POST
def untag(request: AdminRequest, number: int) -> HttpResponse:
    """Take off the tag whose button was pressed; one that is gone is off already."""
    found = find_conversation(request, number)
    chosen = request.POST.get("tag", "")
    tags = found.tags.filter(pk=chosen) if chosen.isdecimal() else Tag.objects.none()
    done = actions.untag(found, list(tags), by=request.user)
    names = ", ".join(done.data["tags"]) if done else ""
    words = (
        _("#%(number)s is not tagged “%(tags)s” any more.")
        if done
        else _("#%(number)s does not have that tag.")
    )
    offer_undo(request, done, words % {"number": found.pk, "tags": names})
    return go_back(request, found)


@require_safe
def complete(request: AdminRequest) -> HttpResponse:
    """Return tags that begin like ``q``, of those on mail that the member may read."""
    numbers = [mailbox.pk for mailbox in navigation(request).mailboxes]
    if not numbers:
        raise Http404
    key = tagging.key_of(request.GET.get("q", "").strip())
    readable = ConversationTag.objects.filter(
        tag=OuterRef("pk"), conversation__mailbox__in=numbers
    )
    found = Tag.objects.filter(Exists(readable), key__startswith=key)
    names = found.order_by("key").values_list("name", flat=True)[:OFFERED]
    return JsonResponse({"items": [{"value": name, "label": name} for name in names]})
