"""The one place that reads ``settings.WAGTAIL_ECP``: defaults, and why."""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

DEFAULTS: dict[str, Any] = {
    # Alias in settings.STORAGES for raw mail; it must never be served by a web server.
    "RAW_STORAGE": "ecp_raw",
    # Bytes. Larger mail is refused (SMTP 552) or kept as its header with a notice.
    "MAX_MESSAGE_BYTES": 25 * 1024 * 1024,
    # Networks that hosts typed into the admin may lead to although they are private,
    # such as "10.1.0.0/16"; addresses of the public internet are always allowed.
    "ALLOWED_NETWORKS": [],
    # Classes of e-mail back ends, by dotted path, of which the developer knows that
    # they hand mail on encrypted alone; asked where the account demands SSL.
    "ENCRYPTED_BACKENDS": [],
    # Secrets for credentials and signed ids, newest first.
    # None: derived from SECRET_KEY and SECRET_KEY_FALLBACKS.
    "KEYS": None,
    # Domain of our Message-IDs. None: the domain of the mailbox that sends.
    "MESSAGE_ID_DOMAIN": None,
    # The names under which our own mail servers write Authentication-Results
    # (RFC 8601); results by any other name may be forged and are ignored.
    "TRUSTED_AUTHSERV_IDS": [],
    # A second origin of the site, such as "https://mail-files.example.org", where PDF
    # files that strangers sent may open in the browser. None: they are downloaded.
    "CONTENT_ORIGIN": None,
    # Bytes. A larger file goes as a link that expires after so many days, up to a limit.
    "LINK_ABOVE_BYTES": 10 * 1024 * 1024,
    "LINK_DAYS": 30,
    "LINK_MAX_BYTES": 100 * 1024 * 1024,
    # Kept outside the database so that a copy of it is noticed.
    # None: a file beside the raw mail, made at the first start.
    "INSTALLATION_ID": None,
    # What the account pays for: {key: {"label", "price", "currency", "allows",
    # "limits", "provider_price", "is_first"}}. Empty: one that allows everything.
    "SERVICE_LEVELS": {},
    # What stands on our own invoices: {"issuer", "tax_rate", "tax_note",
    # "reverse_charge", "how_to_pay", "number_prefix", "font"}.
    "BILLING": {},
    # For billing through Stripe: {"secret_key", "webhook_secret"} and, if need be,
    # "automatic_tax", "timeout" and "retries". Keep the two keys out of the repository.
    "STRIPE": {},
    # A spam scorer beside ours: {"path": dotted path of its class, "mode": "clue" or
    # "instead", and what its class takes}. None: ours alone.
    "SPAM_BACKEND": None,
    # Form pages of the site that become conversations: {"app.Model": {"mailbox": its
    # address, and, if need be, "name_field", "email_field" and "subject_field"}}.
    "FORM_PAGES": {},
    # A feed (RSS or Atom, by HTTPS) in which the site tells its members something; its
    # entries are on the dashboard. None: only our own release notes are.
    "ANNOUNCEMENT_FEED": None,
    # Swappable parts, by dotted path.
    "ASSIGNMENT_STRATEGY": "wagtail_ecp.inbox.assignment.maintain",
    "BILLING_PROVIDER": "wagtail_ecp.billing.manual.ManualProvider",
    "JOB_QUEUE": "wagtail_ecp.queue.RQQueue",
    "SOURCE_KINDS": {"imap": "wagtail_ecp.mail.sources.imap.ImapSource"},
}


def get(name: str) -> Any:
    """Return the site's value for ``name``, else ours; KeyError for an unknown name."""
    return getattr(settings, "WAGTAIL_ECP", {}).get(name, DEFAULTS[name])


def unknown_names() -> set[str]:
    """Return the names in the site's settings that mean nothing to us."""
    return set(getattr(settings, "WAGTAIL_ECP", {})) - set(DEFAULTS)


def load(dotted_path: str) -> Any:
    """Return what ``dotted_path`` names; ImportError if it can't be had."""
    return import_string(dotted_path)
