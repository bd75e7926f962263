"""Why a mail was not delivered, named by what may be done about it."""

from collections.abc import Mapping

from wagtail_ecp.exceptions import EmailCentreError
from wagtail_ecp.mail.sending.outcome import PERMANENT, Refusal


class DeliveryError(EmailCentreError):
    """Nobody is known to have got the mail; ``code`` is SMTP's, if one was given."""

    def __init__(
        self,
        text: str,
        *,
        code: int | None = None,
        refused: Mapping[str, Refusal] | None = None,
    ) -> None:
        super().__init__(text)
        self.code = code
        self.refused = dict(refused or {})


class TemporaryDeliveryError(DeliveryError):
    """The mail was certainly not taken over; trying again may help."""


class EncryptionMissingError(TemporaryDeliveryError):
    """The way out does not encrypt, and has to; nothing was handed over.

    The mail goes once a person has put that right.
    """


class PermanentDeliveryError(DeliveryError):
    """The mail was certainly not taken over, and won't be as it is."""


class ServerRefusedError(PermanentDeliveryError):
    """The server won't work for us at all; its settings need a person, not the mail."""


class UncertainDeliveryError(DeliveryError):
    """The mail was handed over and nothing answered: only a person may send again."""


def error_for(
    code: int, text: str, *, refused: Mapping[str, Refusal] | None = None
) -> DeliveryError:
    """Return the error that a final SMTP answer means (RFC 5321 4.2.1)."""
    kind = PermanentDeliveryError if code >= PERMANENT else TemporaryDeliveryError
    return kind(f"{code} {text}", code=code, refused=refused)
