"""The sandbox's site as a Django app."""

from django.apps import AppConfig


class HomeAppConfig(AppConfig):
    """Pages of Alder & Finch, a printing house that does not exist."""

    name = "sandbox.home"
    label = "home"
    default_auto_field = "django.db.models.BigAutoField"
