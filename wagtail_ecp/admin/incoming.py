"""Mail that could not be processed: why, and a button to try again."""

import re
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages as notices

from wagtail_ecp.admin.message_parts import download
from wagtail_ecp.admin.navigation import Navigation, navigation
from wagtail_ecp.admin.pages import AdminRequest, page, refuses_forgery
from wagtail_ecp.inbox import actions, blobs
from wagtail_ecp.inbox.models import IncomingMail, Mailbox
from wagtail_ecp.inbox.models.ledger import IncomingMailQuerySet
from wagtail_ecp.inbox.permissions import Permission

ROWS: Final = 50
_NUMBER: Final = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Row:
    """One mail; whose mailbox one may not read shows no word of it."""

    mail: IncomingMail
    may_read: bool
    may_process: bool

    @property
    def summary(self) -> str:
        """The kind of error: the only part of a traceback that quotes nothing."""
        lines = self.mail.reason.strip().splitlines()
        return lines[-1].partition(":")[0] if lines else ""


@require_safe
def incoming_mail(request: AdminRequest) -> HttpResponse:
    """Show the newest 50 troubled mails, from the cursor on."""
    found = navigation(request)
    if not found.is_shown:
        raise PermissionDenied
    mails = _in_reach(request, found).troubled().order_by("-pk")
    before = request.GET.get("before", "")
    is_later_page = _NUMBER.fullmatch(before) is not None
    if is_later_page:
        mails = mails.filter(pk__lt=int(before))
    rows = list(mails.select_related("mailbox", "blob")[: ROWS + 1])
    readable = {mailbox.pk for mailbox in found.mailboxes}
    answering = Mailbox.objects.open_to(
        request.user, Permission.REPLY, Permission.MANAGE
    )
    processing = set(answering.values_list("pk", flat=True))
    return page(
        request,
        "incoming_mail.html",
        crumbs=[(_("Incoming mail"), "")],
        context={
            "rows": [
                Row(
                    mail,
                    may_read=mail.mailbox_id in readable,
                    may_process=found.is_administrator or mail.mailbox_id in processing,
                )
                for mail in rows[:ROWS]
            ],
            "older": rows[ROWS - 1].pk if len(rows) > ROWS else None,
            "is_later_page": is_later_page,
        },
    )


@refuses_forgery
@require_POST
def process_again(request: AdminRequest, mail_id: int) -> HttpResponse:
    """Give a quarantined mail another five tries."""
    mail = get_object_or_404(
        _in_reach(request, navigation(request)).select_related("mailbox"), pk=mail_id
    )
    actions.process_again(mail, by=request.user)
    notices.success(request, _("The mail will be processed again in a moment."))
    return redirect("wagtail_ecp:incoming_mail")


@require_safe
def incoming_source(request: AdminRequest, mail_id: int) -> HttpResponse:
    """Return the mail as it came, to whom may read its mailbox."""
    visible = IncomingMail.objects.visible_to(request.user)
    mail = get_object_or_404(visible, pk=mail_id)
    try:
        raw = blobs.read(mail.blob_id)
    except FileNotFoundError:
        raise Http404 from None
    name = f"incoming-{mail.pk}.eml"
    return download(raw, name=name, content_type="message/rfc822")


def _in_reach(request: AdminRequest, found: Navigation) -> IncomingMailQuerySet:
    """Return the mail of the user's mailboxes, for administrators that of all."""
    if found.is_administrator:
        return IncomingMail.objects.all()
    return IncomingMail.objects.visible_to(request.user)
