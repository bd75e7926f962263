"""Shows a mail's images from other servers to a member who asks for them."""

from functools import cached_property
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages as notices

from wagtail_ecp.admin.lookups import find_message
from wagtail_ecp.admin.message_parts import can_be_shown, frame
from wagtail_ecp.admin.pages import AdminRequest, refuses_forgery, to_message
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import TrustedImages

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class RemoteImages:
    """What a page says about images of other servers to one member."""

    def __init__(self, user: "User") -> None:
        self._user = user

    @cached_property
    def trusted(self) -> frozenset[str]:
        """Whose images the member always sees; asked where a message has any."""
        own = TrustedImages.objects.filter(user=self._user.pk)
        return frozenset(own.values_list("sender_key", flat=True))

    @property
    def can_be_shown(self) -> bool:
        """Whether the site has our public addresses."""
        return can_be_shown()


@require_POST
def message_images(request: AdminRequest, message_id: int) -> HttpResponse:
    """Return the message's HTML for its frame, this once with all images."""
    return frame(request, find_message(request, message_id), shows_images=True)


@refuses_forgery
@require_POST
def trust_images(request: AdminRequest, message_id: int) -> HttpResponse:
    """Show this sender's images from now on, or no longer."""
    message = find_message(request, message_id)
    if not can_be_shown():
        raise PermissionDenied(_("This site shows no images of other servers."))
    if request.POST.get("trust") == "no":
        actions.distrust_images(message, by=request.user)
        notices.success(request, _("This sender's images are not shown any more."))
    else:
        actions.trust_images(message, by=request.user)
        notices.success(request, _("This sender's images are always shown to you."))
    return to_message(message)
