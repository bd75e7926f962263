"""What is demanded of the other side before a mail server is talked to by TLS."""

import ssl


def verifying_context() -> ssl.SSLContext:
    """Return a client's context: trusted authorities, and the host's own name."""
    return ssl.create_default_context()


def opportunistic_context() -> ssl.SSLContext:
    """Return a client's context for servers that need not encrypt, but offer it.

    It takes any certificate. The alternative is no encryption at all, which protects
    from less; who refused a self-signed certificate here would gain nothing but
    readable mail (RFC 7435 section 3). Who wants certainty chooses TLS or STARTTLS.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def is_verifying(context: ssl.SSLContext) -> bool:
    """Whether a client with ``context`` knows for certain whom it talks to."""
    return context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
