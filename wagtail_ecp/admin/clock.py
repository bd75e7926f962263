"""Shows every date of our screens in the right zone.

Wagtail has activated the zone of the user's profile by then or, where that is blank,
settings.TIME_ZONE, which is the web site's and not the account's.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils import timezone

from wagtail_ecp.admin.navigation import navigation


def on_our_clock(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Run ``view``, and render what it returns, in the member's zone or the account's."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with timezone.override(navigation(request).zone):
            response = view(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
        return response

    return answer
