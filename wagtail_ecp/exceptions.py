"""What can go wrong, named by who must act."""


class EmailCentreError(Exception):
    """Base of every error that this package raises on purpose."""


class ConfigurationError(EmailCentreError):
    """A developer must change the site's settings."""


class SourceError(EmailCentreError):
    """A mail server could not be used just now; trying again may help."""


class SourceRefusedError(SourceError):
    """A mail server refused us for good; a person must fix the source."""


class UnsafeAddressError(EmailCentreError):
    """A host name leads to an address that the site has not allowed."""


class MailboxUnknownError(EmailCentreError):
    """No active mailbox has this address; the sender must correct it."""


class TransportPausedError(EmailCentreError):
    """No mail moves at present; an administrator must lift the pause."""


class MessageTooLargeError(EmailCentreError):
    """The message is over the size limit; the sender must make it smaller."""


class CorruptModelError(EmailCentreError):
    """What was learned about spam can't be read; an older model has to do."""


class BillingError(EmailCentreError):
    """Billing could not be done as asked; its words tell the owner what to do."""


class BillingUnavailableError(BillingError):
    """The billing provider could not be used just now; trying again may help."""


class BackendDownError(EmailCentreError):
    """An outside spam scorer can't say just now; our own score holds meanwhile."""
