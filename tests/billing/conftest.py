"""A site that bills through a double of Stripe."""

import pytest

from tests.billing import stripe_double
from tests.billing.stripe_site import bill_through


@pytest.fixture
def double(settings):
    """A running double of Stripe, through which the tests' site bills."""
    with stripe_double.running() as started:
        bill_through(started, settings)
        yield started
