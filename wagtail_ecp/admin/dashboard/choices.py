"""Whose mail a panel can be about: mailboxes and members to choose from."""

from collections.abc import Sequence
from typing import Final

from django.contrib.auth import get_user_model

from wagtail_ecp.accounts import members
from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.admin.search_places import viewer_of
from wagtail_ecp.inbox.models import Mailbox
from wagtail_ecp.journal.actions import display_name

#: Colleagues that the form offers.
MOST: Final = 200

Choice = tuple[str, str]


def mailboxes_for(request: AdminRequest, *, for_all: bool) -> Sequence[Choice]:
    """Return the mailboxes that one reads; for everybody's dashboard, all there are."""
    if for_all:
        rows = Mailbox.objects.values_list("pk", "name")[:MOST]
        return [(str(pk), name) for pk, name in rows]
    return [(str(box.pk), box.name) for box in navigation(request).mailboxes]


def members_for(request: AdminRequest, *, for_all: bool) -> Sequence[Choice]:
    """Return the members whom one knows; for everybody's dashboard, all there are."""
    known = members.members() if for_all else viewer_of(request).members()
    ordered = known.order_by(get_user_model().USERNAME_FIELD)[:MOST]
    return [(str(user.pk), display_name(user)) for user in ordered]
