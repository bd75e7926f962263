"""What became of a mail that was handed over, recipient by recipient."""

from collections.abc import Mapping
from dataclasses import dataclass, field

PERMANENT = 500  # RFC 5321 4.2.1: the first digit 5 means "don't try again".


@dataclass(frozen=True)
class Refusal:
    """A server's answer to a recipient that it won't take."""

    code: int
    text: str
    is_permanent: bool


@dataclass(frozen=True)
class Delivery:
    """A mail that was taken over for ``accepted``, and not for ``refused``."""

    accepted: tuple[str, ...]
    refused: Mapping[str, Refusal] = field(default_factory=dict)


def refusal(code: int, text: str) -> Refusal:
    """Return the refusal that an SMTP answer means (RFC 5321 4.2.1)."""
    return Refusal(code=code, text=text, is_permanent=code >= PERMANENT)
