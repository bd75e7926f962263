"""Our addresses outside of the admin; a site includes them where it likes."""

from django.urls import include, path

from wagtail_ecp.public import files, images, pdfs
from wagtail_ecp.webhooks import billing

app_name = "wagtail_ecp_site"

urlpatterns = [
    path("feeds/", include("wagtail_ecp.feeds.urls")),
    path("webhooks/billing/", billing.report, name="billing_webhook"),
    path(
        "images/<int:message_id>/<int:until>/<slug:mark>/",
        images.image,
        name="remote_image",
    ),
    path("files/<str:token>/", files.file, name="file_link"),
    path("files/<str:token>/download/", files.download, name="file_link_download"),
    path(
        "pdfs/<int:message_id>/<int:index>/<int:until>/<slug:mark>/",
        pdfs.pdf,
        name="pdf",
    ),
]
