"""Who gets what at every one of our addresses: none is without a row."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, Permission
from django.db import connection, transaction
from django.test import override_settings
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from tests.admin.test_attachments import an_image
from tests.builders import (
    a_draft,
    a_mailbox,
    a_user,
    an_account,
    an_email,
    receive_and_process,
)
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing.actions import issue_invoices
from wagtail_ecp.billing.models import BillingDetails, Invoice
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox import actions, exports
from wagtail_ecp.inbox.actions import GivenFile
from wagtail_ecp.inbox.answers import Answer
from wagtail_ecp.inbox.models import (
    BulkChange,
    Conversation,
    ConversationTag,
    DashboardPanel,
    Draft,
    Export,
    Follow,
    IncomingMail,
    Merge,
    Message,
    Note,
    Outbox,
    OutgoingServer,
    Rejudging,
    SavedSearch,
    Source,
    Star,
    Subscription,
    Tag,
    UpdateRead,
)
from wagtail_ecp.inbox.receiving import receive
from wagtail_ecp.inbox.search.vocabulary import Rule
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.mail.composing import OutgoingFile
from wagtail_ecp.spam.models import Mark, Score

pytestmark = pytest.mark.django_db

Row = tuple[int | str, ...]

PEOPLE = (
    *("reader", "replier", "other", "outsider", "superuser", "anonymous"),
    *("administrator", "owner"),
)

# What each of PEOPLE gets: a status, "home" for a screen that is not theirs (Wagtail
# leads to its home page) or "login". Neither superuser nor administrator nor owner has
# a right on any mailbox, and so all three get what the superuser gets, but for OWNERS.
SCREEN = (200, 200, 404, 404, 404, "login")
NOT_SO = (405, 405, 405, 405, 405, "login")
NOT_SO_PUBLIC = (405,) * 6
OWN = (404, 200, 404, 404, 404, "login")
OWN_BUTTON = (404, 302, 404, 404, 404, "login")
BUTTON = (403, 302, 404, 404, 404, "login")
READERS_BUTTON = (302, 302, 404, 404, 404, "login")
REPLIERS_SCREEN = (403, 200, 404, 404, 404, "login")
ADMINISTRATION = ("home", "home", "home", "home", 200, "login")
ADMINISTRATION_DONE = ("home", "home", "home", "home", 302, "login")
ADMINISTRATION_NOT_SO = ("home", "home", "home", "home", 405, "login")
NEVER = ("home", "home", "home", "home", "home", "login")
START = (302, 302, 302, "home", 200, "login")
NOT_AGAIN = (302, 302, 302, 302, 302, "login")  # To the start.
# Who answers no mail addresses none.
ADDRESSING = ("home", 200, 200, "home", "home", "login")
# An administrator is told whether mail came, and not which.
FIRST_MAILBOX = (200, 200, 404, "home", 200, "login")

# Others see their own mailboxes there.
ALL_I_READ = (200, 200, 200, 404, 404, "login")

SEARCH = (200, 200, 200, "home", 200, "login")
OWN_DASHBOARD = (302, 302, 302, 403, 302, "login")

#: By URL name: by GET, and by POST.
MATRIX: dict[str, tuple[Row, Row]] = {
    "wagtail_ecp:start": (START, START),
    "wagtail_ecp:folder": (SCREEN, SCREEN),
    "wagtail_ecp:all_mailboxes": (ALL_I_READ, ALL_I_READ),
    "wagtail_ecp:folder_news": (SCREEN, NOT_SO),
    "wagtail_ecp:all_news": (ALL_I_READ, NOT_SO),
    "wagtail_ecp:preview": (SCREEN, NOT_SO),
    # Whoever has a mailbox decides how its list looks.
    "wagtail_ecp:list_view": (NOT_SO, (302, 302, 302, 403, 403, "login")),
    "wagtail_ecp:conversation": (SCREEN, NOT_SO),
    # Whoever may answer from some mailbox may write from it.
    "wagtail_ecp:compose": (("home", 200, 200, "home", "home", "login"), NOT_SO),
    "wagtail_ecp:draft": ((302, 302, 404, 404, 404, "login"), NOT_SO),
    "wagtail_ecp:save_draft": (NOT_SO, BUTTON),
    "wagtail_ecp:draft_files": (NOT_SO, BUTTON),
    "wagtail_ecp:draft_picture": (SCREEN, NOT_SO),
    "wagtail_ecp:send_draft": (NOT_SO, BUTTON),
    "wagtail_ecp:discard_draft": (NOT_SO, BUTTON),
    "wagtail_ecp:restore_draft": (NOT_SO, BUTTON),
    "wagtail_ecp:unschedule_draft": (NOT_SO, BUTTON),
    "wagtail_ecp:send_now": (NOT_SO, BUTTON),
    "wagtail_ecp:unsend": (NOT_SO, BUTTON),
    "wagtail_ecp:assign": (NOT_SO, BUTTON),
    "wagtail_ecp:move": (NOT_SO, BUTTON),
    "wagtail_ecp:mark": (NOT_SO, BUTTON),
    # The list that it is asked for is not theirs; a change is its member's alone.
    "wagtail_ecp:bulk": (NOT_SO, BUTTON),
    "wagtail_ecp:bulk_result": (OWN, NOT_SO),
    "wagtail_ecp:bulk_progress": (OWN, NOT_SO),
    "wagtail_ecp:cancel_bulk": (NOT_SO, OWN_BUTTON),
    "wagtail_ecp:undo_bulk": (NOT_SO, OWN_BUTTON),
    "wagtail_ecp:mark_message": (NOT_SO, BUTTON),
    "wagtail_ecp:take_back_mark": (NOT_SO, BUTTON),
    "wagtail_ecp:add_contact": (NOT_SO, BUTTON),
    "wagtail_ecp:remove_contact": (NOT_SO, BUTTON),
    "wagtail_ecp:add_contacts": (NOT_SO, BUTTON),
    # Whoever may read is seen by those who may.
    "wagtail_ecp:here": (NOT_SO, (200, 200, 404, 404, 404, "login")),
    "wagtail_ecp:gone": (NOT_SO, (204, 204, 404, 404, 404, "login")),
    "wagtail_ecp:complete_contacts": (ADDRESSING, NOT_SO),
    # Everybody's own; who has none gets an empty list, or changes nothing.
    "wagtail_ecp:alerts": ((200, 200, 200, "home", "home", "login"), NOT_SO),
    "wagtail_ecp:read_alerts": (NOT_SO, (302, 302, 302, "home", "home", "login")),
    "wagtail_ecp:contacts": ((200, 200, 200, "home", "home", "login"), NOT_SO),
    "wagtail_ecp:add_by_hand": (ADDRESSING, ADDRESSING),
    "wagtail_ecp:contact": (SCREEN, NOT_SO),
    "wagtail_ecp:contact_name": (NOT_SO, BUTTON),
    "wagtail_ecp:contact_address": (NOT_SO, BUTTON),
    "wagtail_ecp:remove_contact_address": (NOT_SO, BUTTON),
    "wagtail_ecp:keep_contact": (NOT_SO, BUTTON),
    "wagtail_ecp:forget_contact": (NOT_SO, BUTTON),
    "wagtail_ecp:merge_contacts": (NOT_SO, BUTTON),
    "wagtail_ecp:unmerge_contacts": (NOT_SO, OWN_BUTTON),
    # Whoever opens a conversation marks it read, and may take that back.
    "wagtail_ecp:mark_unread": (NOT_SO, (302, 302, 404, 404, 404, "login")),
    "wagtail_ecp:mark_read": (NOT_SO, (204, 204, 404, 404, 404, "login")),
    # Each member's own.
    "wagtail_ecp:reading_order": (NOT_SO, (302, 302, 404, 404, 404, "login")),
    "wagtail_ecp:news": (SCREEN, NOT_SO),
    "wagtail_ecp:beside": (SCREEN, NOT_SO),
    "wagtail_ecp:undo_merge": (NOT_SO, BUTTON),
    "wagtail_ecp:star": (NOT_SO, READERS_BUTTON),
    "wagtail_ecp:star_row": (NOT_SO, READERS_BUTTON),
    "wagtail_ecp:follow": (NOT_SO, READERS_BUTTON),
    "wagtail_ecp:snooze": (NOT_SO, BUTTON),
    "wagtail_ecp:wake": (NOT_SO, BUTTON),
    "wagtail_ecp:tag": (NOT_SO, BUTTON),
    "wagtail_ecp:untag": (NOT_SO, BUTTON),
    "wagtail_ecp:switch": (NOT_SO, BUTTON),
    # Without a choice the screen is shown again.
    "wagtail_ecp:merge": (REPLIERS_SCREEN, REPLIERS_SCREEN),
    "wagtail_ecp:split": (REPLIERS_SCREEN, REPLIERS_SCREEN),
    "wagtail_ecp:add_note": (REPLIERS_SCREEN, BUTTON),
    "wagtail_ecp:change_note": (REPLIERS_SCREEN, BUTTON),
    "wagtail_ecp:delete_note": (NOT_SO, BUTTON),
    "wagtail_ecp:colleagues": (SCREEN, NOT_SO),
    "wagtail_ecp:complete_tags": ((200, 200, 200, 404, 404, "login"), NOT_SO),
    "wagtail_ecp:undo": (NOT_SO, BUTTON),
    "wagtail_ecp:message_body": (SCREEN, NOT_SO),
    "wagtail_ecp:message_view": (SCREEN, NOT_SO),
    "wagtail_ecp:message_html": (SCREEN, NOT_SO),
    "wagtail_ecp:message_text": (SCREEN, NOT_SO),
    "wagtail_ecp:message_source": (SCREEN, NOT_SO),
    "wagtail_ecp:attachment": (SCREEN, NOT_SO),
    "wagtail_ecp:attachment_thumbnail": (SCREEN, NOT_SO),
    "wagtail_ecp:attachment_preview": (SCREEN, NOT_SO),
    "wagtail_ecp:attachments_zip": (SCREEN, NOT_SO),
    # Every member decides for themselves whose images they see.
    "wagtail_ecp:message_images": (NOT_SO, SCREEN),
    "wagtail_ecp:trust_images": (NOT_SO, (302, 302, 404, 404, 404, "login")),
    "wagtail_ecp:send_again": (NOT_SO, BUTTON),
    "wagtail_ecp:settle": (NOT_SO, BUTTON),
    "wagtail_ecp:incoming_mail": ((200, 200, 200, "home", 200, "login"), NOT_SO),
    "wagtail_ecp:incoming_source": (SCREEN, NOT_SO),
    # An administrator repairs what they may not read.
    "wagtail_ecp:process_again": (NOT_SO, (403, 302, 404, 404, 302, "login")),
    "wagtail_ecp:pause": (
        (200, 200, 200, "home", 200, "login"),
        (403, 403, 403, "home", 302, "login"),
    ),
    # A shared one of the replier's, whom an administrator may help with it.
    "wagtail_ecp:search": (SEARCH, NOT_SO),
    "wagtail_ecp:search_complete": (SEARCH, NOT_SO),
    "wagtail_ecp:saved_search": ((200, 200, 200, 404, 200, "login"), NOT_SO),
    "wagtail_ecp:saved_search_new": (SEARCH, (200, 200, 200, "home", 200, "login")),
    "wagtail_ecp:saved_search_edit": (
        (403, 200, 403, 404, 200, "login"),
        (403, 302, 403, 404, 302, "login"),
    ),
    "wagtail_ecp:saved_search_delete": (
        (403, 200, 403, 404, 200, "login"),
        (403, 302, 403, 404, 302, "login"),
    ),
    # Everybody's own; only administrators change everybody's.
    "wagtail_ecp:dashboard": (SEARCH, NOT_SO),
    "wagtail_ecp:dashboard_live": (SEARCH, NOT_SO),
    "wagtail_ecp:metric": (SEARCH, NOT_SO),
    "wagtail_ecp:metric_numbers": (SEARCH, NOT_SO),
    "wagtail_ecp:metric_cases": (SEARCH, NOT_SO),
    "wagtail_ecp:read_updates": (NOT_SO, OWN_DASHBOARD),
    "wagtail_ecp:customise": (SEARCH, NOT_SO),
    "wagtail_ecp:add_panel": (NOT_SO, OWN_DASHBOARD),
    "wagtail_ecp:reset_dashboard": (NOT_SO, OWN_DASHBOARD),
    "wagtail_ecp:panel_settings": (SEARCH, OWN_DASHBOARD),
    "wagtail_ecp:remove_panel": (NOT_SO, OWN_DASHBOARD),
    "wagtail_ecp:move_panel": (NOT_SO, (204, 204, 204, 403, 204, "login")),
    "wagtail_ecp:subscribe": (SCREEN, READERS_BUTTON),
    # Administrators end anybody's, and see the address of none.
    "wagtail_ecp:subscriptions": (ADMINISTRATION, NOT_SO),
    "wagtail_ecp:revoke_subscription": (
        (404, 200, 404, 404, 200, "login"),
        (404, 302, 404, 404, 302, "login"),
    ),
    "wagtail_ecp:renew_subscription": (OWN, OWN_BUTTON),
    "wagtail_ecp:health": (ADMINISTRATION, NOT_SO),
    # There is an account; tests/setup says who gets what before there is one.
    "wagtail_ecp:setup": (NOT_AGAIN, NOT_AGAIN),
    "wagtail_ecp:setup_step": (NOT_AGAIN, NOT_AGAIN),
    "wagtail_ecp:setup_take_over": (NOT_SO, NOT_AGAIN),
    "wagtail_ecp:setup_ready": (FIRST_MAILBOX, NOT_SO),
    "wagtail_ecp:setup_arrived": (FIRST_MAILBOX, NOT_SO),
}
# No billing provider here takes reports; tests/billing has what it gets where one does.
MATRIX["wagtail_ecp_site:billing_webhook"] = ((405,) * 6, (404,) * 6)
# A signature in the address opens these, to anybody; this one is none of ours.
MATRIX["wagtail_ecp_site:remote_image"] = ((404,) * 6, NOT_SO_PUBLIC)
MATRIX["wagtail_ecp_site:pdf"] = ((404,) * 6, NOT_SO_PUBLIC)
MATRIX["wagtail_ecp_site:file_link"] = ((404,) * 6, NOT_SO_PUBLIC)
MATRIX["wagtail_ecp_site:feed"] = ((404,) * 6, NOT_SO_PUBLIC)
MATRIX["wagtail_ecp_site:file_link_download"] = ((404,) * 6, NOT_SO_PUBLIC)
# Anybody may prove anew who they are.
MATRIX["wagtail_ecp:log_in_again"] = (NOT_SO, ("login",) * 6)
#: What the owner alone may do, and what the owner gets by GET and by POST.
OWNERS: dict[str, tuple[int | str, int | str]] = {
    "wagtail_ecp:account_options": (200, 302),
    "wagtail_ecp:assignments": (200, 405),
    "wagtail_ecp:close_account": (200, 302),
    "wagtail_ecp:transfer": (302, 302),  # Nobody was chosen.
    "wagtail_ecp:billing": (200, 405),
    "wagtail_ecp:change_level": (302, 302),  # It holds already.
    "wagtail_ecp:change_card": (200, 302),
    "wagtail_ecp:billing_details": (200, 200),  # The form again, with its errors.
    "wagtail_ecp:invoice": (200, 405),
    "wagtail_ecp:invoice_pdf": (200, 405),
    "wagtail_ecp:spam_preview": (400, 405),  # For no threshold.
    "wagtail_ecp:retention_preview": (400, 405),
    "wagtail_ecp:refile": (405, 302),
    "wagtail_ecp:rescore": (405, 302),
    "wagtail_ecp:refiling_progress": (200, 405),
    "wagtail_ecp:undo_refiling": (405, 302),
    "wagtail_ecp:export_data": (200, 302),
    "wagtail_ecp:export_progress": (200, 405),
    "wagtail_ecp:export_download": (405, 302),  # It is not written yet.
    "wagtail_ecp:export_cancel": (405, 302),
}
for _name, (_get, _post) in OWNERS.items():
    MATRIX[_name] = (
        NOT_SO if _get == 405 else NEVER,
        NOT_SO if _post == 405 else NEVER,
    )
for _viewset in ("ecp_mailboxes", "ecp_sources", "ecp_outgoing_servers", "ecp_tags"):
    for _name in ("index", "index_results", "history", "history_results", "usage"):
        MATRIX[f"{_viewset}:{_name}"] = (ADMINISTRATION, ADMINISTRATION_NOT_SO)
    for _name in ("add", "edit"):
        # An empty form is shown again, with its errors.
        MATRIX[f"{_viewset}:{_name}"] = (ADMINISTRATION, ADMINISTRATION)
    MATRIX[f"{_viewset}:delete"] = (NEVER, NEVER)
for _viewset in ("ecp_sources", "ecp_tags"):
    MATRIX[f"{_viewset}:delete"] = (ADMINISTRATION, ADMINISTRATION_DONE)
MATRIX["ecp_tags:add"] = (NEVER, NEVER)  # They come with their use.

#: Buttons of messages that came in, while the other buttons are of our own.
JUDGED = {
    f"wagtail_ecp:{name}"
    for name in ("mark_message", "take_back_mark", "add_contact", "remove_contact")
}

#: What a forged request could change.
TABLES = (
    BulkChange,
    Conversation,
    Draft,
    Message,
    Outbox,
    Merge,
    Note,
    ConversationTag,
    Tag,
    Star,
    Follow,
    IncomingMail,
    Score,
    Mark,
    Contact,
    Source,
    OutgoingServer,
    Export,
    Rejudging,
    SavedSearch,
    DashboardPanel,
    UpdateRead,
    Subscription,
    Account,
    BillingDetails,
    Invoice,
)
EVERYTHING = [
    f"SELECT * FROM {table._meta.db_table} ORDER BY {table._meta.pk.column}"  # noqa: S608
    for table in TABLES
]

BODY = json.dumps(
    {
        "blocks": [
            {
                "key": "a",
                "type": "unstyled",
                "text": "Hello",
                "depth": 0,
                "inlineStyleRanges": [],
                "entityRanges": [],
            }
        ],
        "entityMap": {},
    }
)


def due_to(person, name, method):
    """Return what the table says that ``person`` gets."""
    by_get, by_post = MATRIX[name]
    row = by_get if method == "get" else by_post
    if person == "owner" and name in OWNERS:
        return OWNERS[name][method == "post"]
    return row[PEOPLE.index("superuser" if person in PEOPLE[6:] else person)]


def an_invoice():
    """Return the number of an invoice for the month before this one."""
    levels = {"paid": {"label": "Paid", "price": "20"}}
    terms = {"issuer": {"name": "Post Office"}}
    with override_settings(
        WAGTAIL_ECP=settings.WAGTAIL_ECP | {"SERVICE_LEVELS": levels, "BILLING": terms}
    ):
        Account.objects.update(created_at=timezone.now() - timedelta(days=40))
        issue_invoices()
        return Invoice.objects.latest("number").number


def merge_of_contacts(*, by):
    """Make two contacts one; return the action."""
    one, other = (
        actions.write_down_contact(name, f"{name}@elsewhere.example", by=by)
        for name in ("one", "other")
    )
    return actions.merge_contacts(one, other, by=by)


def an_administrator():
    user = a_user("administrator")
    user.user_permissions.add(Permission.objects.get(codename="administer_ecp"))
    return user


class World:
    """A mailbox with one of everything, and people around it."""

    def __init__(self):
        replier, reader, other = a_user("replier"), a_user("reader"), a_user("other")
        self.people = {
            "reader": reader,
            "replier": replier,
            "other": other,
            "outsider": a_user("outsider"),
            "superuser": a_user("superuser", is_superuser=True),
            "anonymous": AnonymousUser(),
            "administrator": an_administrator(),
            "owner": an_account().owner,
        }
        Account.objects.update(rss_enabled=True)
        mailbox = a_mailbox(readers=[reader], repliers=[replier])
        a_mailbox("other@example.com", managers=[other])
        receive_and_process(an_email(), an_email("Another"))
        one, another = Conversation.objects.order_by("pk")
        actions.merge(one, another, by=replier)
        assigned = actions.assign(one, to=replier, by=replier)
        answered = one.messages.first()
        answer = Answer(
            to=[Address("", "vera@customer.example")],
            subject="Re: parcel",
            html="<p>Yes</p>",
            files=[OutgoingFile(name="a.txt", content_type="text/plain", data=b"a")],
        )
        ours = actions.reply(one, answer, answers=answered, by=replier)
        Outbox.objects.update(state=Outbox.State.UNKNOWN)
        [troubled] = receive(an_email("Third"), recipients=[mailbox.address])
        IncomingMail.objects.filter(pk=troubled.pk).update(state="quarantined")
        source = Source.objects.create(
            mailbox=mailbox, name="Ours", host="imap.example.com", port=993
        )
        server = OutgoingServer.objects.create(
            name="Ours", host="smtp.example.com", port=465
        )
        self.invoice = an_invoice()
        self.incoming = answered.pk
        self.merge_of_contacts = merge_of_contacts(by=replier).pk
        actions.tag(one, ["order"], by=replier)
        draft = a_draft(one, by=replier)
        image = GivenFile("a.png", "image/png", an_image())
        [picture] = actions.attach(draft, [image], by=replier, into_text=True)
        self.numbers = {
            "file_id": picture.pk,
            "mailbox_id": mailbox.pk,
            "name": "inbox",
            "number": one.pk,
            "action_id": assigned.pk,
            "draft_id": draft.pk,
            "change_id": BulkChange.objects.create(user=replier, action="archive").pk,
            "merge_id": Merge.objects.get().pk,
            "message_id": ours.pk,
            "index": 0,
            "until": 1,
            "mark": "a",
            "token": "a",
            "key": "everything",
            "form": "source",
            "mail_id": troubled.pk,
            "note_id": actions.add_note(one, "Call", by=replier).pk,
            "run_id": Rejudging.objects.create(state=Rejudging.State.DONE).pk,
            "whose": "own",
            "slot": 0,
            "saved_id": actions.save_search(
                "Shared",
                [Rule("unread", "true")],
                is_shared=True,
                by=replier,
            ).pk,
            "kind": "conversation",
            "subscription_id": actions.subscribe(mailbox, by=replier).pk,
            "export_id": exports.ask(by=Account.objects.get().owner).pk,
            "contact_id": answered.contact_id,
            "address_id": answered.contact.addresses.get().pk,
            "pk": {
                "ecp_mailboxes": mailbox.pk,
                "ecp_sources": source.pk,
                "ecp_tags": Tag.objects.get().pk,
                "ecp_outgoing_servers": server.pk,
            },
        }
        written = {
            "key": "k" * 32,
            "version": "0",
            "kind": "reply",
            "conversation": str(one.pk),
            "mailbox": str(mailbox.pk),
            "to": "vera@customer.example",
            "subject": "Re: parcel",
            "body": BODY,
            "seen": str(ours.pk),
        }
        self.data = {
            "wagtail_ecp:save_draft": written,
            "wagtail_ecp:draft_files": written,
            "wagtail_ecp:send_draft": written,
            "wagtail_ecp:assign": {"assignee": str(replier.pk)},
            "wagtail_ecp:move": {"folder": "trash"},
            "wagtail_ecp:reading_order": {"newest_first": "1"},
            "wagtail_ecp:list_view": {"is_compact": "1"},
            "wagtail_ecp:mark": {"verdict": "spam"},
            "wagtail_ecp:bulk": {
                "action": "archive",
                "row": [one.pk],
                "from": f"{mailbox.pk}/inbox",
            },
            "wagtail_ecp:mark_message": {"verdict": "spam"},
            "wagtail_ecp:add_contacts": {"message": [answered.pk]},
            "wagtail_ecp:add_panel": {"key": "updates"},
            "wagtail_ecp:subscribe": {"format": "rss"},
            "wagtail_ecp:pause": {"this_is": "copy"},
            "wagtail_ecp:star": {"on": "1"},
            "wagtail_ecp:star_row": {"on": str(one.pk)},
            "wagtail_ecp:follow": {"on": "1"},
            "wagtail_ecp:snooze": {"until": "reply"},
            "wagtail_ecp:tag": {"tags": "vip"},
            "wagtail_ecp:untag": {"tag": [self.numbers["pk"]["ecp_tags"]]},
            "wagtail_ecp:switch": {"mailbox": [mailbox.pk]},
            "wagtail_ecp:add_note": {"text": "Hello"},
            "wagtail_ecp:change_note": {"text": "Hello"},
            "wagtail_ecp:saved_search_edit": {
                "name": "Changed",
                "is_text": "yes",
                "text": "parcel",
            },
        }

    def url(self, name, parameters):
        namespace = name.partition(":")[0]
        known = self.numbers | {"pk": self.numbers["pk"].get(namespace)}
        if name == "wagtail_ecp:beside":
            known |= {"name": "history"}
        if name == "wagtail_ecp:unmerge_contacts":
            known |= {"action_id": self.merge_of_contacts}
        if "invoice" in name:
            known |= {"number": self.invoice}
        if name.startswith("wagtail_ecp:metric"):
            known |= {"key": "response"}
        if name in JUDGED:
            known |= {"message_id": self.incoming}
        url = reverse(name, kwargs={key: known[key] for key in parameters})
        return f"{url}?after=0" if name == "wagtail_ecp:news" else url


def our_urls(resolver=None, namespace=""):
    """Return (name, names of its parameters) of every address of ours."""
    found = []
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            found += our_urls(pattern, pattern.namespace or namespace)
        elif namespace.startswith(("wagtail_ecp", "ecp_")):
            found.append((f"{namespace}:{pattern.name}", pattern.pattern.converters))
    return found


def everything():
    """Return all that a forged request could change, as the database gives it."""
    found = []
    with connection.cursor() as cursor:
        for query in EVERYTHING:
            cursor.execute(query)
            found.append(cursor.fetchall())
    # A refused attempt is written down.
    attempt = Action.Kind.ATTEMPT_REFUSED
    return [*found, Action.objects.exclude(kind=attempt).count()]


def outcome(response):
    if response.status_code == 302 and response.url.startswith("/admin/login/"):
        return "login"
    if response.status_code == 302 and response.url == reverse("wagtailadmin_home"):
        return "home"
    return response.status_code


def test_every_address_has_a_row_and_every_row_an_address():
    assert sorted(name for name, _parameters in our_urls()) == sorted(MATRIX)


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_gets_what_the_table_says(client, person):
    world = World()
    if person != "anonymous":
        client.force_login(world.people[person])
    before, cookies = everything(), client.cookies.output(header="", sep=";")
    got, expected = {}, {}

    for name, parameters in our_urls():
        for method in ("get", "post"):
            expected[name, method] = due_to(person, name, method)
            with transaction.atomic():
                data = world.data.get(name) if method == "post" else None
                response = getattr(client, method)(world.url(name, parameters), data)
                got[name, method] = outcome(response)
                is_forged = method == "post" and got[name, method] not in (
                    200,
                    204,
                    302,
                )
                if is_forged and everything() != before:
                    got[name, method] = "changed something"
                transaction.set_rollback(True)
                client.cookies.load(cookies)  # Who logged out is back.

    assert got == expected
