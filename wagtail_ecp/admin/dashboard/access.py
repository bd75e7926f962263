"""Whom the dashboard is for."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from wagtail_ecp.admin.navigation import navigation


def require_mail(request: HttpRequest) -> None:
    """Let nobody pass whom the e-mail centre doesn't concern."""
    if not navigation(request).is_shown:
        raise PermissionDenied
