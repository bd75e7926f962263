"""Keeps the owner safe where Wagtail has no hook: group and API token screens.

Once Wagtail has gathered its viewsets, the views of these get a subclass of their own;
what a site changed about them stays.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View
from wagtail.admin import messages as notices
from wagtail.admin.views import generic
from wagtail.models import APIToken

from wagtail_ecp.accounts import guard
from wagtail_ecp.admin.pages import AdminRequest

ACCESS = "the owner's access to the admin"
TOKENS = "the owner's API tokens"


class GroupEdit(generic.EditView):
    """Refuses to save a group without what lets the owner into the admin."""

    def is_valid(self, form: Any) -> bool:
        """Show the reason with the form."""
        is_valid: bool = super().is_valid(form)
        if not is_valid:
            return False
        user = guard.needs_group(self.object)
        if user is None or guard.gives_access(form.cleaned_data["permissions"]):
            return True
        _note(self.request, ACCESS)
        reason = guard.would_lose_access(user)
        form.add_error("permissions", reason)
        self.produced_error_message = reason
        return False


class GroupDelete(generic.DeleteView):
    """Refuses to delete the group that lets the owner into the admin."""

    def dispatch(self, request: AdminRequest, *args: Any, **kwargs: Any) -> Any:
        """Say why, instead of asking whether one is sure."""
        user = guard.needs_group(self.object)
        if user is None or not self.user_has_permission("delete"):
            return super().dispatch(request, *args, **kwargs)
        _note(request, ACCESS)
        notices.error(request, guard.would_lose_access(user))
        return redirect("wagtailusers_groups:edit", self.object.pk)


class TokenList(generic.IndexView):
    """Leaves the owner's tokens out for everybody else."""

    def get_queryset(self) -> Any:
        """Return what is left."""
        user = guard.owner()
        tokens = super().get_queryset()
        is_open = user is None or user == self.request.user
        return tokens if is_open else tokens.exclude(user=user.pk)


class TokenCreate(generic.CreateView):
    """Makes no token in the owner's name for anybody else."""

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer everybody but the owner, and note who asked for the owner."""
        kwargs: dict[str, Any] = super().get_form_kwargs()
        user = guard.owner()
        if user is None or user == self.request.user:
            return kwargs
        if self.request.POST.get("user") == str(user.pk):
            _refuse_token(self.request, user)
        people = kwargs["manageable_users"].exclude(pk=user.pk)
        return kwargs | {"manageable_users": people}


class TokenScreen(View):
    """Keeps one token of the owner's from everybody else."""

    def dispatch(  # type: ignore[override]
        self, request: AdminRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Say why, and lead to the other tokens."""
        user = guard.owner()
        if user is None or user == request.user or not self._is_token_of(user):
            return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]
        _refuse_token(request, user)
        return redirect("wagtailusers_api_tokens:index")

    def _is_token_of(self, user: Any) -> bool:
        tokens: Any = APIToken.objects
        return bool(tokens.filter(pk=self.kwargs["pk"], user=user).exists())


GUARDED: Mapping[type[Any], Mapping[str, type[Any]]] = {
    Group: {"edit_view_class": GroupEdit, "delete_view_class": GroupDelete},
    APIToken: {
        "index_view_class": TokenList,
        "add_view_class": TokenCreate,
        "edit_view_class": TokenScreen,
        "delete_view_class": TokenScreen,
        "history_view_class": TokenScreen,
        "usage_view_class": TokenScreen,
    },
}


def guard_viewsets(viewsets: Iterable[Any]) -> None:
    """Guard those of ``viewsets`` that need it; a second time changes nothing."""
    for viewset in viewsets:
        model: Any = getattr(viewset, "model", None)
        for name, guarded in GUARDED.get(model, {}).items():
            view_class = getattr(viewset, name)
            if not issubclass(view_class, guarded):
                both = type(view_class.__name__, (guarded, view_class), {})
                setattr(viewset, name, both)


def _refuse_token(request: AdminRequest, user: Any) -> None:
    _note(request, TOKENS)
    notices.error(request, guard.only_the_owner(user, what=_("their API tokens")))


def _note(request: AdminRequest, what: str) -> None:
    if request.method == "POST" and not guard.is_the_owner(request.user):
        guard.note_attempt(what, by=request.user)
