"""Settings of the sandbox: a small Wagtail site on this machine alone."""

import os
import secrets
from pathlib import Path
from typing import Any

from sandbox import certificates
from sandbox import place as places

HOME = Path(os.environ.get("SANDBOX_HOME", places.ROOT / ".sandbox")).resolve()
PLACE = places.read(HOME) or places.begin(HOME)


def _secret_key() -> str:
    file = HOME / "secret-key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


SECRET_KEY = _secret_key()
DEBUG = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ROOT_URLCONF = "sandbox.urls"

INSTALLED_APPS = [
    "sandbox.home",
    "wagtail_ecp",
    "django_rq",
    "wagtail.contrib.forms",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.locales",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / "db.sqlite3",
        # Without IMMEDIATE a worker that reads and then writes gets "database is
        # locked" at once, however long the timeout.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                "PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=27103364; "
                "PRAGMA cache_size=2000;"
            ),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", "English"), ("de", "Deutsch")]
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
MEDIA_URL = "/media/"
MEDIA_ROOT = HOME / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    # Raw mail: never below MEDIA_ROOT, which the web server hands out.
    "ecp_raw": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HOME / "private", "file_permissions_mode": 0o600},
    },
}

# Cookies know no ports: keep those of other projects on this machine alive.
SESSION_COOKIE_NAME = "ecp_sandbox_session"
CSRF_COOKIE_NAME = "ecp_sandbox_csrf"

WAGTAIL_SITE_NAME = "Alder & Finch"
WAGTAIL_I18N_ENABLED = True
WAGTAILADMIN_BASE_URL = PLACE.site
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False

WAGTAIL_ECP = {
    "ALLOWED_NETWORKS": ["127.0.0.0/8", "::1/128"],
    "RAW_STORAGE": "ecp_raw",
    "MESSAGE_ID_DOMAIN": "sandbox.test",
    "SERVICE_LEVELS": {
        "free": {
            "label": "Free",
            "currency": "GBP",
            "limits": {"mailboxes": 1, "members": 2},
        },
        "standard": {
            "label": "Standard",
            "price": "24.00",
            "currency": "GBP",
            "allows": ["ssl", "rss"],
            "limits": {"mailboxes": 5, "members": 10},
            "is_first": True,
        },
        "premium": {
            "label": "Premium",
            "price": "60.00",
            "currency": "GBP",
            "allows": ["ssl", "rss", "api"],
        },
    },
    "BILLING": {
        "issuer": {
            "name": "Pigeonhole Hosting Ltd",
            "address": "21 Sandbox Street\nLondon EC1A 1BB",
            "country": "GB",
            "vat_id": "GB123456789",
            "email": "billing@sandbox.test",
        },
        "tax_rate": 20,
        "how_to_pay": (
            "Please pay within 14 days by bank transfer to GB00 SAND 0000 0000 0000 00,"
            " with the number of the invoice. This is the sandbox: nobody is charged."
        ),
    },
}

_LIMITS = "socket_timeout=2&socket_connect_timeout=1"
_REDIS_URL = os.environ.get("REDIS_URL") or PLACE.redis_url
if "?" not in _REDIS_URL:
    _REDIS_URL = f"{_REDIS_URL}?{_LIMITS}"
RQ_QUEUES = {
    name: {"URL": _REDIS_URL, "DEFAULT_TIMEOUT": seconds}
    for name, seconds in (("ecp-in", 300), ("ecp-out", 120), ("ecp-bg", 600))
}

# Here, so that a home of before there were certificates gets them as well.
CERTIFICATE = certificates.provide(HOME)
EMAIL_BACKEND = "sandbox.email_backend.EmailBackend"
EMAIL_USE_TLS = True
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = PLACE.catcher_port
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = "Alder & Finch <website@sandbox.test>"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"short": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "short"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.server": {"level": "ERROR"}},
}
