"""Mail through the site's own e-mail back end, whatever that is."""

import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.core.mail.utils import DNS_NAME

from wagtail_ecp.mail.sending import errors
from wagtail_ecp.mail.sending.connection import Security, SmtpSettings
from wagtail_ecp.mail.sending.django_message import FinishedMessage
from wagtail_ecp.mail.sending.outcome import Delivery, Refusal, refusal

SECONDS = 60.0  # Where the site sets no timeout: Django would wait for ever.

# Anymail's words for recipients that the provider did not take.
NOT_TAKEN = {"invalid", "rejected", "failed"}
WORTH_ANOTHER_TRY = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


def default_backend() -> BaseEmailBackend:
    """Return a new instance of the site's default e-mail back end."""
    mailers: Any = getattr(mail, "mailers", None)  # Django 6.1
    if mailers is None:
        return mail.get_connection()
    return mailers.default  # type: ignore[no-any-return]


def smtp_settings_from_django() -> SmtpSettings | None:
    """Return the SMTP server in the site's settings, ``None`` if it uses another way.

    Read from the back end itself, so that EMAIL_HOST and the like, MAILERS of
    Django 6.1 and a subclass's own defaults all count.
    """
    backend = default_backend()
    return smtp_settings_of(backend) if isinstance(backend, SmtpBackend) else None


def smtp_settings_of(backend: SmtpBackend) -> SmtpSettings:
    """Return the server that Django's SMTP back end would use."""
    has_login = bool(backend.username and backend.password)
    return SmtpSettings(
        host=backend.host,
        port=int(backend.port),
        security=security_of(backend),
        username=backend.username if has_login else "",
        password=backend.password if has_login else "",
        timeout=backend.timeout or SECONDS,
        allowed_networks=None,
        ssl_context=ssl_context_of(backend),
        local_hostname=DNS_NAME.get_fqdn(),
    )


def deliver_with_backend(
    backend: BaseEmailBackend,
    *,
    envelope_from: str,
    recipients: Sequence[str],
    data: bytes,
    before_data: Callable[[], None],
) -> Delivery:
    """Hand ``data`` to a Django e-mail back end, after ``before_data``.

    Raises as ``smtp.deliver`` does. A back end says less than an SMTP server: what it
    can't deliver and does not explain is ``UncertainDeliveryError``.
    """
    message = FinishedMessage(data, envelope_from=envelope_from, recipients=recipients)
    try:
        backend.open()
    except OSError as error:
        raise errors.TemporaryDeliveryError(str(error)) from error
    try:
        before_data()
        sent = _send(backend, message)
    finally:
        with suppress(OSError):  # The mail is accepted or not, whatever comes now.
            backend.close()
    refused = _refused_by_provider(message)
    if sent is None:
        raise errors.UncertainDeliveryError("The e-mail back end does not say.")
    if not sent:
        raise errors.TemporaryDeliveryError("The e-mail back end sent nothing.")
    return _delivery(recipients, refused)


def _send(backend: BaseEmailBackend, message: FinishedMessage) -> int | None:
    try:
        return backend.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        refused = {
            address: refusal(code, words.decode(errors="replace"))
            for address, (code, words) in error.recipients.items()
        }
        raise _all_refused(refused) from error
    except smtplib.SMTPResponseException as error:
        raise errors.error_for(error.smtp_code, str(error.smtp_error)) from error
    except Exception as error:
        # Nobody knows the errors of all back ends; the mail may be on its way.
        raise _meaning(error, message) from error


def _meaning(error: Exception, message: FinishedMessage) -> errors.DeliveryError:
    refused = _refused_by_provider(message)
    if refused and len(refused) == len(message.recipients()):
        return _all_refused(refused)
    status = getattr(error, "status_code", None)  # Anymail: the provider's HTTP status.
    if status in WORTH_ANOTHER_TRY:
        return errors.TemporaryDeliveryError(str(error))
    if status is not None and HTTPStatus.BAD_REQUEST <= status < 500:  # noqa: PLR2004
        return errors.PermanentDeliveryError(str(error))
    return errors.UncertainDeliveryError(str(error), refused=refused)


def _delivery(recipients: Sequence[str], refused: dict[str, Refusal]) -> Delivery:
    accepted = tuple(one for one in recipients if one not in refused)
    if not accepted:
        raise _all_refused(refused)
    return Delivery(accepted=accepted, refused=refused)


def _all_refused(refused: dict[str, Refusal]) -> errors.DeliveryError:
    decisive = min(refused.values(), key=lambda one: one.is_permanent)
    return errors.error_for(decisive.code, decisive.text, refused=refused)


def _refused_by_provider(message: FinishedMessage) -> dict[str, Refusal]:
    status = getattr(message, "anymail_status", None)
    answers = getattr(status, "recipients", None) or {}
    return {
        address: refusal(550, f"The provider says: {answers[address].status}")
        for address in message.recipients()
        if address in answers and answers[address].status in NOT_TAKEN
    }


def security_of(backend: SmtpBackend) -> Security:
    """Return how Django's SMTP back end is told to encrypt."""
    if backend.use_ssl:
        return "tls"
    return "starttls" if backend.use_tls else "none"


def ssl_context_of(backend: SmtpBackend) -> ssl.SSLContext:
    """Return whom the back end trusts; OSError if its own certificate can't be read."""
    if not backend.ssl_certfile:
        return backend.ssl_context
    # Django's own context for client certificates trusts no authority at all.
    context = ssl.create_default_context()
    context.load_cert_chain(backend.ssl_certfile, backend.ssl_keyfile)
    return context
