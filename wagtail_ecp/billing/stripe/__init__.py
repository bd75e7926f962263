"""Billing through Stripe: Checkout, Customer Portal, subscriptions, signed webhooks.

Only ``models`` and ``configuration`` may be imported without the extra ``[stripe]``.
"""
