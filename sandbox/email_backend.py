"""How the sandbox sends: by SMTP and verified TLS, to its own catcher."""

import ssl

from django.conf import settings
from django.core.mail.backends import smtp
from django.utils.functional import cached_property


class EmailBackend(smtp.EmailBackend):
    """Django's, except that it trusts the sandbox's own authority and no other."""

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        """Return a context that verifies authority and host name."""
        return ssl.create_default_context(cafile=settings.CERTIFICATE.authority)
