"""One invoice, for the owner alone: as a page that prints well, and as a PDF."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.admin import messages as notices

from wagtail_ecp.accounts.permissions import require_owner
from wagtail_ecp.admin.message_parts import download
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.billing import pdf
from wagtail_ecp.billing.document import document
from wagtail_ecp.billing.models import Invoice
from wagtail_ecp.billing.terms import terms
from wagtail_ecp.exceptions import BillingError


@never_cache
@require_safe
def invoice(request: AdminRequest, number: int) -> HttpResponse:
    """Show an invoice or a credit note."""
    found = _find(request, number)
    return page(
        request,
        "billing/invoice.html",
        crumbs=[(_("Billing"), reverse("wagtail_ecp:billing")), (str(found), "")],
        context={
            "invoice": found,
            "document": document(found),
            "has_pdf": pdf.is_available(),
        },
    )


@never_cache
@require_safe
def invoice_pdf(request: AdminRequest, number: int) -> HttpResponse:
    """Return an invoice as a PDF; 404 where the site can't make one."""
    found = _find(request, number)
    if not pdf.is_available():
        raise Http404
    try:
        data = pdf.pdf(document(found), terms())
    except BillingError as error:
        notices.error(request, str(error))
        return redirect("wagtail_ecp:invoice", found.number)
    return download(data, name=f"{found}.pdf", content_type="application/pdf")


def _find(request: AdminRequest, number: int) -> Invoice:
    require_owner(request.user)
    rows = Invoice.objects.select_related("credits", "credit_note")
    found: Invoice = get_object_or_404(rows, number=number)
    return found
