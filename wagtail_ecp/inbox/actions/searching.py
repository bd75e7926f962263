"""Searches that members keep, for themselves or for all."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.models import SavedSearch
from wagtail_ecp.inbox.search.vocabulary import MAX_RULES, Rule, stored
from wagtail_ecp.journal.actions import display_name

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def save_search(
    name: str, rules: Sequence[Rule], *, is_shared: bool = False, by: "User"
) -> SavedSearch:
    """Keep rules under a name; ValidationError if they can't be asked."""
    if not permissions.can_search(by):
        raise PermissionDenied(_("You have no mailbox to search in."))
    saved = SavedSearch(user=by, user_name=display_name(by))
    _write(saved, name, rules, is_shared=is_shared)
    return saved


@transaction.atomic
def change_search(
    saved: SavedSearch, name: str, rules: Sequence[Rule], *, is_shared: bool, by: "User"
) -> SavedSearch:
    """Change name, rules and who has it; ValidationError if they can't be asked."""
    row = SavedSearch.objects.select_for_update().get(pk=saved.pk)
    _require_change(row, by)
    _write(row, name, rules, is_shared=is_shared)
    return row


@transaction.atomic
def delete_search(saved: SavedSearch, *, by: "User") -> None:
    """Delete a search; the conversations that it finds stay."""
    row = SavedSearch.objects.select_for_update().get(pk=saved.pk)
    _require_change(row, by)
    row.delete()


def _require_change(saved: SavedSearch, by: "User") -> None:
    if not permissions.can_change_search(by, saved):
        raise PermissionDenied(
            _("Only %(member)s or an administrator may change this search.")
            % {"member": saved.user_name or _("its owner")}
        )


def _write(
    saved: SavedSearch, name: str, rules: Sequence[Rule], *, is_shared: bool
) -> None:
    saved.name = " ".join(name.replace("\0", " ").split())
    saved.is_shared = is_shared
    saved.rules = stored(rules)
    if not rules:
        raise ValidationError(_("A search needs a rule."))
    if len(rules) > MAX_RULES or any(rule.trouble for rule in rules):
        raise ValidationError(_("One of the rules can't be asked."))
    saved.full_clean(exclude=["user"])
    saved.save()
