"""Our key ring: credentials encrypted, ids signed, old keys still understood."""

import base64
import hmac
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from wagtail_ecp import conf
from wagtail_ecp.exceptions import ConfigurationError

MAC_LENGTH = 16  # Characters of base32: 80 bits.


def encrypt(text: str) -> str:
    """Return ``text`` under the newest key."""
    return _ring().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Return what ``encrypt`` was given; ConfigurationError if no key fits."""
    try:
        return _ring().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise ConfigurationError(
            "A stored password can't be read: its key is no longer in "
            'WAGTAIL_ECP["KEYS"] or SECRET_KEY_FALLBACKS.'
        ) from error


def sign(purpose: str, text: str) -> str:
    """Return a short mark that only we can make; lower-case letters and digits."""
    return _mac(_secrets()[0], purpose, text)


def is_signed(purpose: str, text: str, mark: str) -> bool:
    """Whether ``mark`` was made by ``sign`` under any of our keys; case is ignored."""
    given = mark.lower().encode()
    return any(
        hmac.compare_digest(_mac(secret, purpose, text).encode(), given)
        for secret in _secrets()
    )


def seal(purpose: str, text: str) -> str:
    """Return a mark of all 256 bits, for what is to open something for years."""
    return _sealed(_secrets()[0], purpose, text)


def is_sealed(purpose: str, text: str, mark: str) -> bool:
    """Whether ``mark`` was made by ``seal`` under any of our keys."""
    return any(
        hmac.compare_digest(_sealed(secret, purpose, text).encode(), mark.encode())
        for secret in _secrets()
    )


def _secrets() -> list[str]:
    own = conf.get("KEYS")
    return own or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _derived(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), f"wagtail_ecp.{purpose}".encode(), "sha256")


def _mac(secret: str, purpose: str, text: str) -> str:
    digest = _digest(secret, purpose, text)
    return base64.b32encode(digest).decode().lower()[:MAC_LENGTH]


def _sealed(secret: str, purpose: str, text: str) -> str:
    return base64.urlsafe_b64encode(_digest(secret, purpose, text)).decode().rstrip("=")


def _digest(secret: str, purpose: str, text: str) -> bytes:
    return hmac.new(_derived(secret, purpose), text.encode(), sha256).digest()


def _ring() -> MultiFernet:
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(_derived(secret, "credentials")))
            for secret in _secrets()
        ]
    )
