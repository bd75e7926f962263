"""How we reach Stripe: with a deadline, and with errors that a person can act on."""

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import stripe
from django.utils.translation import gettext as _

from wagtail_ecp.billing.stripe.configuration import Configuration
from wagtail_ecp.exceptions import BillingError, BillingUnavailableError

logger = logging.getLogger(__name__)

#: Trying again may help. What a connection error leaves undone, the same idempotency
#: key finds done or does.
PASSING = (
    stripe.APIConnectionError,
    stripe.APIError,
    stripe.RateLimitError,
    stripe.IdempotencyError,
)


#: What we ask for and read is of this version of the API, whichever the library knows.
API_VERSION = "2026-09-30.endive"


def connect(configuration: Configuration) -> stripe.StripeClient:
    """Return a client; asking for nothing yet."""
    address = configuration.api_base
    return stripe.StripeClient(
        configuration.secret_key,
        base_addresses={"api": address} if address else None,
        stripe_version=API_VERSION,
        max_network_retries=configuration.retries,
        http_client=stripe.RequestsClient(timeout=configuration.timeout),
    )


@contextmanager
def in_words() -> Iterator[None]:
    """Turn Stripe's errors into BillingError; bodies and keys are not logged."""
    try:
        yield
    except stripe.CardError as error:
        raise BillingError(
            _(
                "Stripe could not charge the card: %(reason)s Switch to a different card."
            )
            % {"reason": error.user_message}
        ) from None
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        _log(error)
        raise BillingError(
            _("Stripe doesn't accept this site's key. Ask whoever runs the site.")
        ) from None
    except PASSING as error:
        _log(error)
        raise BillingUnavailableError(
            _(
                "Stripe can't be reached just now. Try again in a few minutes; nothing"
                " is charged twice."
            )
        ) from None
    except stripe.StripeError as error:
        _log(error)
        raise BillingError(
            _("Stripe refused this: %(reason)s") % {"reason": error.user_message}
        ) from None


def idempotency_key(*intention: object, params: Mapping[str, object]) -> str:
    """Return what makes Stripe do the same thing once, however often it is asked."""
    text = json.dumps([*intention, params], sort_keys=True)
    return f"ecp-{hashlib.sha256(text.encode()).hexdigest()}"


def _log(error: stripe.StripeError) -> None:
    logger.warning(
        "Stripe: %s, status %s, code %s, request %s",
        type(error).__name__,
        error.http_status,
        error.code,
        error.request_id,
    )
