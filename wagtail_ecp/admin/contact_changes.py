"""The forms and buttons by which members change contacts."""

from collections.abc import Callable

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages as notices

from wagtail_ecp.admin.contacts import find_contact, list_crumb
from wagtail_ecp.admin.pages import AdminRequest, page, refuses_forgery
from wagtail_ecp.admin.undo_notice import offer
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox import actions, correspondents, permissions
from wagtail_ecp.journal.models import Action


class ContactForm(forms.Form):
    """A contact that is written down by hand."""

    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=255)
    address = forms.CharField(label=gettext_lazy("E-mail address"), max_length=320)


def add_by_hand(request: AdminRequest) -> HttpResponse:
    """Ask for name and address of somebody new."""
    if not permissions.can_reply_somewhere(request.user):
        raise PermissionDenied
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            added = actions.write_down_contact(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error("address", error)
        else:
            notices.success(
                request,
                _(
                    "%(contact)s is a contact now. Mail that surely comes from there is"
                    " never spam."
                )
                % {"contact": added.name or form.cleaned_data["address"]},
            )
            return redirect("wagtail_ecp:contact", added.pk)
    return page(
        request,
        "contacts/add.html",
        crumbs=[list_crumb(), (_("Add a contact"), "")],
        context={"form": form},
    )


@refuses_forgery
@require_POST
def rename(request: AdminRequest, contact_id: int) -> HttpResponse:
    """Give the contact another name."""
    found = find_contact(request, contact_id)
    name = request.POST.get("name", "")[:255]
    return _do(
        request,
        found,
        lambda: actions.rename_contact(found, name, by=request.user),
        done=_("The contact has its new name."),
    )


@refuses_forgery
@require_POST
def add_address(request: AdminRequest, contact_id: int) -> HttpResponse:
    """Give the contact another address."""
    found = find_contact(request, contact_id)
    address = request.POST.get("address", "")
    return _do(
        request,
        found,
        lambda: actions.add_contact_address(found, address, by=request.user),
        done=_("Mail from %(address)s is theirs now.") % {"address": address.strip()},
    )


@refuses_forgery
@require_POST
def remove_address(
    request: AdminRequest, contact_id: int, address_id: int
) -> HttpResponse:
    """Take an address away from the contact."""
    found = find_contact(request, contact_id)
    address = get_object_or_404(
        found.addresses.select_related("contact"), pk=address_id
    )
    return _do(
        request,
        found,
        lambda: actions.remove_contact_address(address, by=request.user),
        done=_("%(address)s is not theirs any more.") % {"address": address.address},
    )


@refuses_forgery
@require_POST
def keep(request: AdminRequest, contact_id: int) -> HttpResponse:
    """Make somebody who was merely seen a contact."""
    found = find_contact(request, contact_id)
    return _do(
        request,
        found,
        lambda: actions.keep_contact(found, by=request.user),
        done=_(
            "This is a contact now. Mail that surely comes from there is never spam."
        ),
    )


@refuses_forgery
@require_POST
def forget(request: AdminRequest, contact_id: int) -> HttpResponse:
    """Let a contact be somebody who was merely seen again."""
    found = find_contact(request, contact_id)
    actions.forget_contact(found, by=request.user)
    notices.success(
        request, _("This is not a contact any more: their mail is judged again.")
    )
    if correspondents.visible_to(request.user).filter(pk=found.pk).exists():
        return redirect("wagtail_ecp:contact", found.pk)
    return redirect("wagtail_ecp:contacts")


@refuses_forgery
@require_POST
def merge(request: AdminRequest, contact_id: int) -> HttpResponse:
    """Say what making two contacts one will do, and do it once that is confirmed."""
    found = find_contact(request, contact_id)
    if not permissions.can_reply_somewhere(request.user):
        raise PermissionDenied(_("You may only read mail."))
    address = request.POST.get("address", "")
    other = correspondents.with_address(address, user=request.user)
    if other is None or other == found:
        words = _("“%(address)s” is the address of no other contact.")
        notices.error(request, words % {"address": address.strip()[:320]})
        return redirect("wagtail_ecp:contact", found.pk)
    if request.POST.get("confirmed") != "1":
        return page(
            request,
            "contacts/merge.html",
            crumbs=[list_crumb(), (_("Make two contacts one"), "")],
            context={"contact": found, "other": other, "address": address},
        )
    try:
        merged = actions.merge_contacts(found, other, by=request.user)
    except ValidationError as error:
        notices.error(request, " ".join(error.messages))
    else:
        url = reverse("wagtail_ecp:unmerge_contacts", args=[merged.pk])
        offer(request, _("The two are one contact now."), url)
    return redirect("wagtail_ecp:contact", found.pk)


@refuses_forgery
@require_POST
def unmerge(request: AdminRequest, action_id: int) -> HttpResponse:
    """Make two contacts again of what the member made one."""
    merges = Action.objects.filter(kind=Action.Kind.CONTACTS_MERGED)
    action = get_object_or_404(merges, pk=action_id, user=request.user.pk)
    try:
        kept = actions.unmerge_contacts(action, by=request.user)
    except ValidationError as refusal:
        notices.warning(request, " ".join(refusal.messages))
        return redirect("wagtail_ecp:contacts")
    notices.success(request, _("Undone: they are two contacts again."))
    return redirect("wagtail_ecp:contact", kept.pk)


def _do(
    request: AdminRequest, found: Contact, act: Callable[[], object], *, done: str
) -> HttpResponse:
    """Do what was asked and say so, or say why not; the contact's page follows."""
    try:
        act()
    except ValidationError as error:
        notices.error(request, " ".join(error.messages))
    else:
        notices.success(request, done)
    return redirect("wagtail_ecp:contact", found.pk)
