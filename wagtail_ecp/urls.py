"""Our addresses outside of the admin; a site includes them where it likes."""

from django.urls import path

from wagtail_ecp.webhooks import billing

app_name = "wagtail_ecp_site"

urlpatterns = [
    path("webhooks/billing/", billing.report, name="billing_webhook"),
]
