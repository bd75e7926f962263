"""Reports of the billing provider."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing.provider import provider
from wagtail_ecp.exceptions import BillingError, BillingUnavailableError

logger = logging.getLogger(__name__)

MAX_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Hand a report to the billing provider, which alone can tell a forged one.

    404 where it takes none, 400 for one that it doesn't believe, 503 if it should come
    again later.
    """
    account = Account.objects.select_related("installation", "owner").first()
    if account is None or not (found := provider(account)).takes_webhooks:
        return _answer(404)
    length = request.headers.get("Content-Length") or ""
    if length.isdecimal() and int(length) > MAX_BYTES:
        return _answer(413)
    try:
        found.handle_webhook(request.body, request.headers)
    except BillingUnavailableError as error:
        logger.warning("a billing report has to come again: %s", error)
        return _answer(503)
    except BillingError as error:
        logger.warning("a billing report was refused: %s", error)
        return _answer(400)
    return _answer(200)


def _answer(status: int) -> HttpResponse:
    return HttpResponse(status=status, content_type="text/plain; charset=utf-8")
