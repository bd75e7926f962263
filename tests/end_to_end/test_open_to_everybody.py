"""No screen of the inbox keeps anybody out, in light and dark: what axe-core finds."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone
from selenium.webdriver.common.keys import Keys
from wagtail.users.models import UserProfile

from tests.admin.test_alerts import an_alert
from tests.builders import (
    a_draft,
    a_mailbox,
    a_note,
    a_received_conversation,
    a_user,
)
from tests.end_to_end.axe import barriers
from tests.end_to_end.browser import find, log_in, press
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import BulkChange, Draft
from wagtail_ecp.inbox.search.indexing import index_waiting
from wagtail_ecp.inbox.search.vocabulary import Operator, Rule

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture
def office(transactional_db):
    """Something of everything that a member may come upon."""
    ann, bo = a_user("ann"), a_user("bo")
    ann.user_permissions.add(Permission.objects.get(codename="administer_ecp"))
    mailbox = a_mailbox(repliers=[ann, bo])
    parcel = a_received_conversation("Where is my parcel?")
    invoice = a_received_conversation("Invoice", sender="Tom <tom@shop.example>")
    second = a_received_conversation("Invoice, again", sender="Tom <tom@shop.example>")
    long = actions.merge(invoice, second, by=ann)
    actions.tag(parcel, ["order", "vip"], by=ann)
    actions.snooze(long, until=timezone.now() + timedelta(days=2), by=ann)
    note = a_note(parcel, by=ann)
    an_alert(parcel, ann)
    a_draft(parcel, by=bo)
    later = a_draft(by=ann, mailbox=mailbox)
    actions.schedule_draft(
        later, at=timezone.now() + timedelta(days=1), by=ann, after={}, has_seen=0
    )
    vera = actions.add_contact(parcel.messages.get(), by=ann)
    rules = [Rule("tag", Operator.EQUALS, ("order",)), Rule("unread", Operator.TRUE)]
    while index_waiting():
        pass
    return SimpleNamespace(
        box=mailbox.pk,
        parcel=parcel.pk,
        long=long.pk,
        note=note.pk,
        vera=vera.pk,
        tom=Contact.objects.get(addresses__address="tom@shop.example").pk,
        saved=actions.save_search("Orders", rules, is_shared=True, by=ann).pk,
        later=Draft.objects.exclude(send_at=None).get().pk,
        tag=parcel.taggings.first().tag_id,
        running=BulkChange.objects.create(user=ann, action="archive", total=150).pk,
        done=BulkChange.objects.create(
            user=ann, action="archive", total=3, done=2, refused=1, state="done"
        ).pk,
    )


def _ask_what_to_assign(browser):
    press(browser, find(browser, ".ecp-list tbody input"))
    press(browser, find(browser, ".ecp-bulk button[value=assign]"))
    find(browser, ".ecp-bulk-ask")


def _ask_to_make_one_of_two(browser):
    press(browser, find(browser, ".ecp-contact-change > summary"))
    field = find(browser, "#ecp-contact-other")
    field.send_keys("tom@shop.example", Keys.ENTER)
    find(browser, "input[name=confirmed]")


def _open(selector):
    """Return what opens a menu or a panel, and leaves it open."""
    return lambda browser: press(browser, find(browser, selector))


def _complete(browser):
    find(browser, "#ecp-search-box").send_keys("is:")
    find(browser, "#ecp-search-list li")


#: Name of the address, the office's objects in it, a query, and what one does there.
SCREENS = (
    ("folder", ["box", "snoozed"], "", None),
    ("folder", ["box", "drafts"], "", None),
    ("folder", ["box", "trash"], "", None),
    ("folder", ["box", "inbox"], "", _ask_what_to_assign),
    ("all_mailboxes", ["sent"], "", None),
    ("conversation", ["parcel"], "", _open("summary[data-ecp-key='A']")),
    ("conversation", ["parcel"], "", _open("summary[data-ecp-key='s']")),
    ("conversation", ["parcel"], "", _open("summary[data-ecp-key='t']")),
    ("conversation", ["parcel"], "", _open("summary[data-ecp-key='m']")),
    ("conversation", ["parcel"], "", _open(".ecp-menu > summary")),
    ("conversation", ["parcel"], "", _open(".w-side-panel-toggle")),
    ("conversation", ["long"], "", _open(".ecp-more > summary")),
    ("conversation", ["parcel"], "write=forward", _open(".ecp-copies > summary")),
    ("draft", ["later"], "", None),
    ("merge", ["parcel"], "", None),
    ("merge", ["long"], "", None),
    ("split", ["long"], "", None),
    ("change_note", ["note"], "", None),
    ("alerts", [], "", None),
    ("contacts", [], "", None),
    ("contacts", [], "q=tom", None),
    ("contacts", [], "q=nobody", None),
    ("contact", ["vera"], "", _open(".ecp-contact-change > summary")),
    ("contact", ["tom"], "", None),
    ("add_by_hand", [], "", None),
    ("contact", ["vera"], "", _ask_to_make_one_of_two),
    ("search", [], "", _complete),
    ("search", [], "q=parcel", None),
    ("search", [], "q=zzz", None),
    ("search", [], "q=before:never", None),
    ("saved_search", ["saved"], "", None),
    ("saved_search_new", [], "q=parcel", None),
    ("saved_search_edit", ["saved"], "", None),
    ("saved_search_delete", ["saved"], "", None),
    ("bulk_result", ["running"], "", None),
    ("bulk_result", ["done"], "", None),
    ("ecp_tags:index", [], "", None),
    ("ecp_tags:edit", ["tag"], "", None),
    ("ecp_tags:delete", ["tag"], "", None),
)


def _address(office, name, parts, query):
    arguments = [getattr(office, part, part) for part in parts]
    name = name if ":" in name else f"wagtail_ecp:{name}"
    return f"{reverse(name, args=arguments)}?{query}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_kept_out_of_any_screen(office, live_server, chromium, theme):
    # As Wagtail's account page sets it: a colour on its way to another is neither.
    UserProfile.objects.create(user=User.objects.get(username="ann"), theme=theme)
    log_in(chromium, live_server.url, "ann")

    found = {}
    for name, parts, query, do in SCREENS:
        address = _address(office, name, parts, query)
        chromium.get(live_server.url + address)
        find(chromium, f".w-theme-{theme} main :is(h1, h2)")
        if do:
            do(chromium)
        if wrong := barriers(chromium):
            found[address] = wrong

    assert found == {}
