"""The people who write to us: the list, one of them, and whom one finds by typing."""

from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.inbox import correspondents, permissions


@never_cache
@require_safe
def complete_contacts(request: AdminRequest) -> JsonResponse:
    """Return up to ten names and addresses that begin with what was typed, as "q"."""
    if not permissions.can_reply_somewhere(request.user):
        raise PermissionDenied
    found = correspondents.complete(request.GET.get("q", ""), user=request.user)
    return JsonResponse([one._asdict() for one in found], safe=False)
