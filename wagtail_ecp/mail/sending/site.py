"""Mail through whatever way the site's own settings name."""

from collections.abc import Callable, Sequence

from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends import console, dummy, filebased, locmem
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from wagtail_ecp import conf
from wagtail_ecp.mail import encryption
from wagtail_ecp.mail.sending.backend import (
    default_backend,
    deliver_with_backend,
    security_of,
    smtp_settings_of,
    ssl_context_of,
)
from wagtail_ecp.mail.sending.errors import EncryptionMissingError
from wagtail_ecp.mail.sending.outcome import Delivery
from wagtail_ecp.mail.sending.smtp import deliver

#: Nothing leaves this machine by these. Not so of what derives from them.
STAYS_HERE: tuple[type[BaseEmailBackend], ...] = (
    console.EmailBackend,
    dummy.EmailBackend,
    filebased.EmailBackend,
    locmem.EmailBackend,
)
#: What Django's back ends raise for settings that make no sense.
CANT_BE_MADE = (ImproperlyConfigured, ImportError, OSError, TypeError, ValueError)
ANYMAIL = "anymail.backends."  # Its providers are all reached by HTTPS.
SETTING = 'WAGTAIL_ECP["ENCRYPTED_BACKENDS"]'


def deliver_through_site(
    *,
    requires_tls: bool,
    envelope_from: str,
    recipients: Sequence[str],
    data: bytes,
    before_data: Callable[[], None],
) -> Delivery:
    """Hand ``data`` over as ``smtp.deliver`` does, and raise as it does.

    With ``requires_tls`` a way that does not encrypt, or not for certain, is an
    ``EncryptionMissingError``.
    """
    problem = tls_problem_of_site() if requires_tls else ""
    if problem:
        raise EncryptionMissingError(problem)
    backend = default_backend()
    if isinstance(backend, SmtpBackend):
        return deliver(
            smtp_settings_of(backend),
            envelope_from=envelope_from,
            recipients=recipients,
            data=data,
            before_data=before_data,
        )
    return deliver_with_backend(
        backend,
        envelope_from=envelope_from,
        recipients=recipients,
        data=data,
        before_data=before_data,
    )


def tls_problem_of_site() -> str:
    """Say why the site's own way out may not encrypt, and what to do; empty if it does.

    Read from the settings: nothing is connected.
    """
    try:
        return _problem(default_backend())
    except CANT_BE_MADE as error:
        return f"The site's e-mail settings can't be used: {error}"


def _problem(backend: BaseEmailBackend) -> str:
    if isinstance(backend, SmtpBackend):
        return _problem_of_smtp(backend)
    kind = type(backend)
    if kind in STAYS_HERE or kind.__module__.startswith(ANYMAIL):
        return ""
    if any(kind is conf.load(path) for path in conf.get("ENCRYPTED_BACKENDS")):
        return ""
    name = f"{kind.__module__}.{kind.__qualname__}"
    return (
        f"Nobody says whether the site's e-mail back end {name} encrypts. "
        f"If it does, add it to {SETTING}."
    )


def _problem_of_smtp(backend: SmtpBackend) -> str:
    if security_of(backend) == "none":
        return (
            f"The site's e-mail settings use {backend.host} without encryption: "
            "set EMAIL_USE_TLS or EMAIL_USE_SSL."
        )
    if not encryption.is_verifying(ssl_context_of(backend)):
        return (
            "The site's e-mail back end takes any certificate: "
            "its ssl_context has to verify authority and host name."
        )
    return ""
