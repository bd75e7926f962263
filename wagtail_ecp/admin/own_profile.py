"""How the member who asks wants to work, read once a request."""

from django.http import HttpRequest

from wagtail_ecp.inbox.models import MemberProfile


def own_profile(request: HttpRequest) -> MemberProfile:
    """Return the member's profile; asking again within a request costs nothing."""
    found: MemberProfile | None = getattr(request, "_ecp_profile", None)
    if found is None:
        found = MemberProfile.objects.of(request.user)
        request._ecp_profile = found  # type: ignore[attr-defined]
    return found
