"""The Django app; wiring only."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WagtailEcpAppConfig(AppConfig):
    """One app for all rooms, so that there is one history of migrations."""

    name = "wagtail_ecp"
    label = "wagtail_ecp"
    verbose_name = _("E-mail centre")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks and what follows from our signals."""
        from django.contrib.auth.signals import user_logged_in

        from wagtail_ecp.accounts import logins
        from wagtail_ecp.forms import existing
        from wagtail_ecp.jobs import signal_handlers

        import_module("wagtail_ecp.checks")

        signal_handlers.connect()
        existing.connect()
        user_logged_in.connect(logins.note, dispatch_uid="wagtail_ecp.logins.note")
