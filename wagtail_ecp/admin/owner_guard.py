"""Keeps the owner safe in Wagtail's user screens; ``accounts.guard`` decides.

Groups and API tokens have no hooks: ``guarded_views`` has theirs.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages as notices

from wagtail_ecp.accounts import guard, members
from wagtail_ecp.admin.pages import AdminRequest

#: Bulk actions on users that take nothing from anybody.
HARMLESS = frozenset({"assign_role"})


def before_edit_user(request: AdminRequest, user: Any) -> HttpResponse | None:
    """Refuse what nobody but the owner may change of the owner, as a whole."""
    if not guard.is_the_owner(user):
        return None
    if request.method != "POST":
        _explain(request, user)
        return None
    form = _form_of(request)
    if form is None:
        reason = guard.why_not_touch(user, by=request.user)
        return _refuse(request, reason, to=request.path) if reason else None
    if not form.is_valid():  # The view shows the errors and saves nothing.
        return None
    changed = {name: str(form[name].label) for name in form.changed_data}
    reason = guard.why_not_change(
        user, by=request.user, changed=changed, after=form.cleaned_data
    )
    return _refuse(request, reason, to=request.path) if reason else None


def before_delete_user(request: AdminRequest, user: Any) -> HttpResponse | None:
    """Say why the owner stays, instead of asking whether one is sure."""
    if not guard.is_the_owner(user):
        return None
    return _refuse(
        request, guard.may_not_be_deleted(user), to="wagtailusers_users:index"
    )


def before_bulk_action(
    request: AdminRequest, action_type: str, objects: Collection[Any], action: Any
) -> HttpResponse | None:
    """Refuse the whole selection if the owner is in it, and say so.

    What a bulk action of the site's own would do can't be known, so it is refused too.
    """
    is_about_users = issubclass(action.model, get_user_model())
    if not is_about_users or action_type in HARMLESS or not guard.is_among(objects):
        return None
    user = guard.owner()
    activates = action.get_execution_context().get("mark_as_active")
    if activates or user == request.user:
        return None
    reason = guard.may_not_be_deleted(user)
    if action_type not in {"delete", "set_active_state"}:
        reason = guard.why_not_touch(user, by=request.user)
    advice = _("Nothing was changed; take them out of the selection.")
    return _refuse(request, f"{reason} {advice}", to=action.next_url)


def warn_of_shared_address(request: HttpRequest, user: Any) -> None:
    """Tell whoever saved a person whose own mail arrives in a mailbox."""
    mailbox = members.reads_mail_of(user)
    if mailbox is not None:
        notices.warning(request, guard.is_read_in(mailbox))


def _explain(request: AdminRequest, user: Any) -> None:
    if user == request.user:
        return
    notices.info(
        request,
        _(
            "%(name)s owns the e-mail centre. You can change their name and groups; all"
            " else is theirs alone."
        )
        % {"name": user},
    )


def _form_of(request: HttpRequest) -> BaseForm | None:
    """Return the form that the view is about to save, with a user of its own.

    None where the view isn't one of Wagtail's kind.
    """
    match: Any = request.resolver_match
    view_class: Any = getattr(match.func, "view_class", None)
    if not hasattr(view_class, "get_form"):
        return None
    view = view_class(**getattr(match.func, "view_initkwargs", {}))
    view.setup(request, *match.args, **match.kwargs)
    form: BaseForm = view.get_form()
    return form


def _refuse(request: AdminRequest, reason: str, *, to: str) -> HttpResponse:
    """Say why, write an attempt down, and lead back."""
    if request.method == "POST" and not guard.is_the_owner(request.user):
        guard.note_attempt("the owner's user", by=request.user)
    notices.error(request, reason)
    return redirect(to)


#: By the name of Wagtail's hook.
HOOKS: Sequence[tuple[str, Any]] = (
    ("before_edit_user", before_edit_user),
    ("before_delete_user", before_delete_user),
    ("before_bulk_action", before_bulk_action),
    ("after_create_user", warn_of_shared_address),
    ("after_edit_user", warn_of_shared_address),
)
