"""Mail through whatever way the site's own settings name."""

from collections.abc import Callable, Sequence

from wagtail_ecp.mail.sending.backend import (
    default_backend,
    deliver_with_backend,
    smtp_settings_from_django,
)
from wagtail_ecp.mail.sending.outcome import Delivery
from wagtail_ecp.mail.sending.smtp import deliver


def deliver_through_site(
    *,
    requires_tls: bool,
    envelope_from: str,
    recipients: Sequence[str],
    data: bytes,
    before_data: Callable[[], None],
) -> Delivery:
    """Hand ``data`` over as ``smtp.deliver`` does, and raise as it does."""
    server = smtp_settings_from_django()
    if server:
        return deliver(
            server,
            envelope_from=envelope_from,
            recipients=recipients,
            data=data,
            before_data=before_data,
        )
    return deliver_with_backend(
        default_backend(),
        envelope_from=envelope_from,
        recipients=recipients,
        data=data,
        before_data=before_data,
    )
