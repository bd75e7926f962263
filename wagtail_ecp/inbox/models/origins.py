"""Mail that began as a form on the web site."""

from django.db import models

from wagtail_ecp.inbox.models.ledger import IncomingMail


class FormOrigin(models.Model):
    """Which page a visitor filled in, and what; by number, so that it outlives it."""

    incoming = models.OneToOneField(
        IncomingMail, on_delete=models.CASCADE, related_name="origin"
    )
    page_number = models.BigIntegerField(db_index=True)
    page_title = models.CharField(max_length=255)
    page_url = models.TextField(blank=True)
    locale = models.CharField(max_length=100, blank=True)
    # [["Your name", "Vera Holm"], …], in the form's order.
    fields = models.JSONField(default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"page {self.page_number}"
