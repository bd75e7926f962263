"""The tests' own site."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "tests.pages"
    default_auto_field = "django.db.models.BigAutoField"
