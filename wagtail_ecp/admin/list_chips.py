"""The chips above a list: what narrows it, what could, and what to take away again."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.places import ListPlace, list_url
from wagtail_ecp.inbox.list_filters import HOURS, ME, NOBODY, YES, Filter, filters
from wagtail_ecp.inbox.lists import BY_NAME
from wagtail_ecp.inbox.models import Folder, Tag
from wagtail_ecp.inbox.permissions import Permission
from wagtail_ecp.journal.actions import display_name

#: The parameter that opens the form with all that one can choose from.
CHOOSE = "choose"
#: Tags and colleagues that the form offers.
MOST = 200


class Chip(NamedTuple):
    """A filter to add or to take away, and where that leads."""

    words: str
    url: str


class Choice(NamedTuple):
    """An option of the form."""

    value: str
    words: str
    is_chosen: bool


class Chips(NamedTuple):
    """What is above the list; ``form`` only if one asked for it."""

    chosen: Sequence[Chip]
    offered: Sequence[Chip]
    choose_url: str
    wider_url: str
    order: Chip | None
    form: "FilterForm | None"


class FilterForm(NamedTuple):
    """What one can choose from; sent by GET."""

    url: str
    assignees: Sequence[Choice]
    tags: Sequence[Choice]
    hours: Sequence[Choice]
    is_unread: bool
    has_files: bool
    mailboxes: Sequence[Chip]


def chips(request: HttpRequest, place: ListPlace) -> Chips:
    """Return the chips of a list, for no query while nothing is chosen."""
    mine = place.listing.filters
    name = place.listing.kind.name
    taken = {one.kind.name for one in mine}
    return Chips(
        chosen=[_without(place, one) for one in mine],
        offered=[
            Chip(one.words, _with(place, one).url)
            for one in _quick(name)
            if one.kind.name not in taken
        ],
        choose_url=_with_parameter(place.narrowed(*mine).url, f"{CHOOSE}={YES}"),
        wider_url=place.path,
        order=_order(place),
        form=_form(request, place) if request.GET.get(CHOOSE) else None,
    )


def _quick(name: str) -> Sequence[Filter]:
    """Return what is asked for most, as far as it can narrow this list."""
    given = {"unread": YES, "files": YES}
    if name in (Folder.INBOX, "waiting", "starred"):
        given["assignee"] = ME
    return filters(given)


def _with(place: ListPlace, one: Filter) -> ListPlace:
    others = [other for other in place.listing.filters if other.kind != one.kind]
    return place.narrowed(*others, one)


def _without(place: ListPlace, one: Filter) -> Chip:
    others = [other for other in place.listing.filters if other != one]
    return Chip(one.words, place.narrowed(*others).url)


def _order(place: ListPlace) -> Chip | None:
    """Return the way to the inbox in its other order."""
    other = {
        Folder.INBOX: ("waiting", _("Longest waiting first")),
        "waiting": (Folder.INBOX, _("Newest first")),
    }.get(place.listing.kind.name)
    if other is None:
        return None
    name, words = other
    listing = replace(place.listing, kind=BY_NAME[str(name)])
    return Chip(words, replace(place, listing=listing, cursor=None).url)


def _form(request: HttpRequest, place: ListPlace) -> FilterForm:
    chosen = {one.kind.name: one.value for one in place.listing.filters}
    return FilterForm(
        url=place.path,
        assignees=_chosen(_people(place), chosen.get("assignee")),
        tags=_chosen(_tags(place), chosen.get("tag")),
        hours=_chosen(
            [(hours, f"{hours} h") for hours in HOURS], chosen.get("waiting")
        ),
        is_unread="unread" in chosen,
        has_files="files" in chosen,
        mailboxes=_mailboxes(request, place),
    )


def _chosen(options: Sequence[tuple[str, str]], chosen: str | None) -> list[Choice]:
    return [Choice(value, words, value == chosen) for value, words in options]


def _people(place: ListPlace) -> list[tuple[str, str]]:
    """Return who may be assigned in these mailboxes."""
    users = get_user_model()._default_manager.filter(
        is_active=True,
        groups__mailbox_permissions__mailbox__in=place.listing.mailboxes,
        groups__mailbox_permissions__permission__in=(
            Permission.REPLY,
            Permission.MANAGE,
        ),
    )
    people = users.distinct().order_by(users.model.USERNAME_FIELD)[:MOST]
    return [
        (ME, _("me")),
        (NOBODY, _("nobody")),
        *((str(user.pk), display_name(user)) for user in people),
    ]


def _tags(place: ListPlace) -> list[tuple[str, str]]:
    """Return tags, by name; each is shared by all mailboxes."""
    del place
    tags: Any = Tag.objects.values_list("pk", "name")[:MOST]
    return [(str(number), name) for number, name in tags]


def _mailboxes(request: HttpRequest, place: ListPlace) -> list[Chip]:
    """Return the same list of other mailboxes, and of all, if there are several."""
    boxes = navigation(request).mailboxes
    if len(boxes) < 2:  # noqa: PLR2004
        return []
    places: list[tuple[int | None, str]] = [(None, _("All mailboxes"))]
    places += [(box.pk, box.name) for box in boxes]
    query = place.narrowed(*place.listing.filters).query
    name = place.listing.kind.name
    return [
        Chip(words, list_url(number, name) + query)
        for number, words in places
        if number != place.mailbox
    ]


def _with_parameter(url: str, parameter: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{parameter}"
