"""URLs of the sandbox's site."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls  # noqa: TID251
from wagtail.documents import urls as wagtaildocs_urls

from sandbox.home import caught

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("ecp/", include("wagtail_ecp.urls")),
    path("documents/", include(wagtaildocs_urls)),
    path("caught/", caught.index, name="caught"),
    path("caught/<slug:name>/", caught.mail, name="caught_mail"),
    path("caught/<slug:name>/source/", caught.source, name="caught_source"),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    *i18n_patterns(path("", include(wagtail_urls)), prefix_default_language=False),
]
