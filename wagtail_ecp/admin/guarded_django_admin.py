"""Keeps the owner safe in Django's admin, if the site has one.

When addresses are built, what the site registered for its users and groups gets a
subclass of its own; the site does nothing for it.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from wagtail_ecp.accounts import guard
from wagtail_ecp.accounts.models import Account


class GuardedAdmin:
    """What guarded users and groups have in common; stands before a ModelAdmin."""

    opts: Any
    model: Any
    admin_site: Any
    list_editable: Any

    def why_not_change(self, request: Any, row: Any) -> str:
        """Return why this person may not change this row at all; "" if they may."""
        raise NotImplementedError

    def why_not_delete(self, row: Any) -> str:
        """Return why nobody may delete this row; "" if they may."""
        raise NotImplementedError

    def why_not_save(self, request: Any, form: Any) -> str:
        """Return why this valid form may not be saved; "" if it may."""
        raise NotImplementedError

    def of_the_owner(self, rows: Any) -> Any:
        """Return those of ``rows`` that concern the owner."""
        raise NotImplementedError

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Show a row read-only to whom it is closed."""
        may: bool = super().has_change_permission(request, obj)  # type: ignore[misc]
        return may and (obj is None or not self.why_not_change(request, obj))

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Offer no button that would be refused."""
        may: bool = super().has_delete_permission(request, obj)  # type: ignore[misc]
        return may and (obj is None or not self.why_not_delete(obj))

    def get_form(self, request: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Let the form say what may not be saved."""
        form = super().get_form(request, obj, **kwargs)  # type: ignore[misc]
        return self._checked(form, request) if obj is not None else form

    def changelist_view(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Refuse an edited list as a whole, rather than leave out what is closed."""
        if request.method == "POST" and "_save" in request.POST:
            for form in self._edited(request):
                reason = self.why_not_save(request, form)
                if reason:
                    return self._refuse(request, reason, to=request.get_full_path())
        return super().changelist_view(request, *args, **kwargs)  # type: ignore[misc]

    def changeform_view(
        self, request: Any, object_id: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Say why a row is closed, and lead back from a forged change."""
        row = self._row(request, object_id)
        reason = self.why_not_change(request, row) if row is not None else ""
        if reason and request.method == "POST":
            return self._refuse(request, reason, to=self._address_of(row))
        if reason:
            messages.info(request, reason)
        return super().changeform_view(request, object_id, *args, **kwargs)  # type: ignore[misc]

    def delete_view(
        self, request: Any, object_id: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Say why, instead of asking whether one is sure."""
        row = self._row(request, object_id)
        reason = self.why_not_delete(row) if row is not None else ""
        if reason:
            return self._refuse(request, reason, to=self._address_of(row))
        return super().delete_view(request, object_id, *args, **kwargs)  # type: ignore[misc]

    def response_action(self, request: Any, queryset: Any, **kwargs: Any) -> Any:
        """Refuse what is done to a selection as a whole, as no one knows what it does."""
        chosen = self.of_the_owner(queryset)
        if request.POST.get("select_across") != "1":
            chosen = chosen.filter(pk__in=request.POST.getlist("_selected_action"))
        for row in chosen:
            reason = self.why_not_change(request, row) or self.why_not_delete(row)
            if reason:
                return self._refuse(request, reason, to=request.get_full_path())
        return super().response_action(request, queryset, **kwargs)  # type: ignore[misc]

    def _edited(self, request: Any) -> Iterator[Any]:
        """Yield the valid rows of an editable list that would be changed."""
        if not self.list_editable:
            return
        kind: Any = self.get_changelist_formset(request)  # type: ignore[attr-defined]
        rows = self._get_list_editable_queryset(request, kind.get_default_prefix())  # type: ignore[attr-defined]
        for form in kind(request.POST, request.FILES, queryset=rows).initial_forms:
            if form.is_valid() and form.has_changed():
                yield form

    def _checked(self, form: Any, request: HttpRequest) -> Any:
        def clean(saved: Any) -> Any:
            cleaned = form.clean(saved)
            if saved.has_changed() and not saved.errors:
                reason = self.why_not_save(request, saved)
                if reason:
                    _note(request)
                    saved.add_error(None, reason)
            return cleaned

        return type(form)(form.__name__, (form,), {"clean": clean})

    def _row(self, request: HttpRequest, object_id: Any) -> Any:
        if object_id is None:
            return None
        from django.contrib.admin.utils import unquote

        return self.get_object(request, unquote(str(object_id)))  # type: ignore[attr-defined]

    def _address_of(self, row: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[row.pk], current_app=self.admin_site.name)

    def _refuse(self, request: Any, reason: str, *, to: str) -> HttpResponse:
        _note(request)
        messages.error(request, reason)
        return HttpResponseRedirect(to)


class GuardedUserAdmin(GuardedAdmin):
    """The owner's user is read-only to all others, and nobody deletes it."""

    def why_not_change(self, request: Any, row: Any) -> str:
        """Close the owner to everybody else."""
        if not guard.is_the_owner(row):
            return ""
        return guard.why_not_touch(row, by=request.user)

    def why_not_delete(self, row: Any) -> str:
        """Keep the owner."""
        return guard.may_not_be_deleted(row) if guard.is_the_owner(row) else ""

    def of_the_owner(self, rows: Any) -> Any:
        """Return the owner, if they are there."""
        return rows.filter(pk__in=_owners())

    def why_not_save(self, request: Any, form: Any) -> str:
        """Refuse a row of a list, and what would lock the owner out."""
        if not guard.is_the_owner(form.instance):
            return ""
        user = guard.owner()  # The form has written into its own.
        changed = {name: str(form[name].label) for name in form.changed_data}
        return self.why_not_change(request, user) or guard.why_not_change(
            user, by=request.user, changed=changed, after=form.cleaned_data
        )

    def user_change_password(self, request: Any, id: Any, form_url: str = "") -> Any:  # noqa: A002
        """Lead everybody else back from the owner's password."""
        row = self._row(request, id)
        reason = self.why_not_change(request, row) if row is not None else ""
        if reason:
            return self._refuse(request, reason, to=self._address_of(row))
        return super().user_change_password(request, id, form_url)  # type: ignore[misc]


class GuardedGroupAdmin(GuardedAdmin):
    """The group that lets the owner into the admin keeps doing so."""

    def why_not_change(self, request: Any, row: Any) -> str:  # noqa: ARG002
        """Leave groups open; what matters is what they become."""
        return ""

    def why_not_delete(self, row: Any) -> str:
        """Keep the group that the owner needs."""
        user = guard.needs_group(row)
        return guard.would_lose_access(user) if user else ""

    def of_the_owner(self, rows: Any) -> Any:
        """Return the owner's groups."""
        return rows.filter(pk__in=Group.objects.filter(user__in=_owners()))

    def why_not_save(self, request: Any, form: Any) -> str:  # noqa: ARG002
        """Keep the permission in it."""
        user = guard.needs_group(form.instance)
        permissions = form.cleaned_data.get("permissions")
        if user is None or permissions is None or guard.gives_access(permissions):
            return ""
        return guard.would_lose_access(user)


def guard_django_admin() -> None:
    """Guard every registered user and group; a second time changes nothing."""
    if not apps.is_installed("django.contrib.admin"):
        return
    for model_admin in _registered():
        kind = type(model_admin)
        guarded = _guard_for(model_admin.model)
        if guarded and not issubclass(kind, guarded):
            model_admin.__class__ = type(kind.__name__, (guarded, kind), {})


def _registered() -> Iterator[Any]:
    from django.contrib.admin import sites

    for site in sites.all_sites:
        yield from list(site._registry.values())


def _guard_for(model: Any) -> type[GuardedAdmin] | None:
    if issubclass(model, get_user_model()):
        return GuardedUserAdmin
    return GuardedGroupAdmin if issubclass(model, Group) else None


def _owners() -> Any:
    return Account.objects.values("owner")


def _note(request: Any) -> None:
    if request.method == "POST" and not guard.is_the_owner(request.user):
        guard.note_attempt("the owner's user, in Django's admin", by=request.user)
