"""Forms of the site become conversations, whatever is typed into them."""

from datetime import timedelta

import pytest
from django.db.models.signals import post_save
from django.utils import timezone
from wagtail.contrib.forms.models import FormSubmission
from wagtail.models import Page

from tests.builders import a_mailbox, an_email, receive_and_process
from tests.pages.models import AskingField, AskingPage, OldField, OldPage
from wagtail_ecp import conf
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.forms import existing
from wagtail_ecp.inbox import actions, blobs, forms_health
from wagtail_ecp.inbox.answers import Answer
from wagtail_ecp.inbox.models import (
    Conversation,
    Folder,
    FormOrigin,
    IncomingMail,
    Message,
)
from wagtail_ecp.inbox.processing import process_batch
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.mail.parsing import parse
from wagtail_ecp.spam.models import Score

pytestmark = pytest.mark.django_db

VERA = "vera@customer.example"
TYPED = {
    "your_name": "Vera Holm",
    "email": VERA,
    "subject": "Opening hours",
    "message": "When are\nyou open?",
}
FIELDS = (
    ("Your name", "singleline"),
    ("Email", "email"),
    ("Subject", "singleline"),
    ("Message", "multiline"),
)


def a_page(model=AskingPage, field=AskingField, fields=FIELDS):
    page = Page.get_first_root_node().add_child(
        instance=model(title="Contact us", slug="contact")
    )
    for order, (label, kind) in enumerate(fields):
        field.objects.create(
            page=page, label=label, field_type=kind, sort_order=order, required=False
        )
    return model.objects.get(pk=page.pk)


def submit(page, **typed):
    """Submit the form of a page as a visitor does, and process what comes of it."""
    form = page.get_form(typed, None, page=page, user=None)
    assert form.is_valid(), form.errors
    submission = page.process_form_submission(form)
    while IncomingMail.objects.waiting().exists():
        process_batch()
    return submission


def findings():
    """What health says of the forms."""
    account = Account.objects.select_related("installation").get()
    return [found for check in forms_health.CHECKS for found in check(account)]


def kept(page):
    return page.get_submission_class().objects.filter(page=page).count()


@pytest.fixture
def support(alice):
    return a_mailbox(repliers=[alice])


@pytest.fixture
def page(support):
    return a_page()


def test_a_submission_becomes_a_conversation_of_the_visitors(page):
    submit(page, **TYPED)

    message = Message.objects.get()
    assert message.conversation.subject == "Opening hours"
    assert message.conversation.correspondent == "Vera Holm"
    assert message.conversation.folder == Folder.INBOX
    assert message.sender_address == VERA
    assert message.text.strip() == "When are\nyou open?"
    assert message.incoming.way == IncomingMail.Way.FORM
    assert message.contact == Contact.objects.get(addresses__address=VERA)
    assert kept(page) == 1


def test_where_it_came_from_is_kept_with_it(page):
    submit(page, **TYPED)

    origin = FormOrigin.objects.get()
    assert origin.incoming.message.conversation.subject == "Opening hours"
    assert (origin.page_number, origin.page_title) == (page.pk, "Contact us")
    assert origin.locale == "en"
    assert origin.fields == [
        ["Your name", "Vera Holm"],
        ["Email", VERA],
        ["Subject", "Opening hours"],
        ["Message", "When are\nyou open?"],
    ]


def test_the_answer_goes_to_the_visitor(page, alice):
    submit(page, **TYPED)
    conversation = Conversation.objects.get()
    [first] = conversation.messages.all()

    parsed = parse(blobs.read(first.blob_id))

    assert parsed.sender == Address("Vera Holm", VERA)
    assert [to.address for to in parsed.to] == ["support@example.com"]


def test_several_answers_stand_below_their_labels(support):
    fields = (("Email", "email"), ("Colour", "singleline"), ("Size", "singleline"))
    page = a_page(fields=fields)

    submit(page, email=VERA, colour="red", size="large")

    message = Message.objects.get()
    assert message.text.strip() == "Colour:\nred\n\nSize:\nlarge"
    assert message.subject == "Contact us"


@pytest.mark.parametrize(
    "name",
    [
        "Vera\r\nBcc: everybody@example.org",
        "Vera\n\nBcc: everybody@example.org",
        "<x@evil.example> Vera",
        '"Vera" <x@evil.example>, other@evil.example',
        "=?utf-8?q?x=40evil.example?=",
        "Vera\u2028Bcc: x@evil.example",
        "x" * 250,
    ],
)
@pytest.mark.parametrize("field", ["your_name", "subject"])
def test_nothing_that_is_typed_becomes_a_header(page, field, name):
    submit(page, **TYPED | {field: name})

    message = Message.objects.get()
    raw = blobs.read(message.blob_id)
    header = raw.partition(b"\r\n\r\n")[0].lower()
    parsed = parse(raw)
    assert b"\r\nbcc:" not in header
    assert header.count(b"\r\nfrom:") == 1
    assert parsed.sender.address == VERA
    assert [to.address for to in parsed.to] == ["support@example.com"]
    assert message.text.strip() == "When are\nyou open?"


@pytest.mark.parametrize(
    "name", ["Vera Holm", "boss@bank.example", "", "a <b@c.example>"]
)
def test_without_an_address_it_is_kept_and_answered_nowhere(support, name):
    page = a_page(fields=(("Your name", "singleline"), ("Message", "multiline")))

    submit(page, your_name=name, message="Hello")

    message = Message.objects.get()
    assert message.sender_address == ""
    assert message.contact is None
    assert message.text.strip() == "Hello"
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize("address", ["nonsense", "a@b@c", "x@", "a b@c.example"])
def test_an_address_that_is_none_is_kept_among_the_answers(support, address):
    fields = (("Email", "singleline"), ("Message", "multiline"))
    page = a_page(fields=fields)
    page.conversation_email_field = "email"

    submit(page, email=address, message="Hello")

    assert Message.objects.get().sender_address == ""
    assert FormOrigin.objects.get().fields[0] == ["Email", address]


def test_a_typed_address_proves_nothing(page, alice, settings):
    settings.WAGTAIL_ECP = {
        **settings.WAGTAIL_ECP,
        "TRUSTED_AUTHSERV_IDS": ["mx.example.com"],
    }
    actions.write_down_contact("Vera Holm", VERA, by=alice)

    submit(page, **TYPED)

    assert Message.objects.get().authentication == Message.Authentication.NONE
    assert Score.objects.get().standing == Score.Standing.STRANGER


def test_a_typed_reply_joins_no_conversation(page):
    receive_and_process(an_email("Secret", message_id=None, sender=f"V <{VERA}>"))

    submit(page, **TYPED | {"subject": "Re: Secret"})

    assert Conversation.objects.count() == 2
    assert Message.objects.latest("pk").subject == "Contact us: Re: Secret"


def test_huge_answers_are_cut_and_taken(page):
    submit(page, **TYPED | {"message": "word " * 500_000})

    message = Message.objects.get()
    assert len(message.text) <= 210_000
    assert len(FormOrigin.objects.get().fields[3][1]) <= 2_000
    assert kept(page) == 1


def test_a_double_click_is_one_conversation(page):
    submit(page, **TYPED)
    submit(page, **TYPED)

    assert Conversation.objects.count() == 1
    assert kept(page) == 2


def test_the_same_again_later_is_another(page):
    submit(page, **TYPED)
    IncomingMail.objects.update(received_at=timezone.now() - timedelta(minutes=5))

    submit(page, **TYPED)

    assert Message.objects.count() == 2


def test_another_answer_at_once_is_another(page):
    submit(page, **TYPED)
    submit(page, **TYPED | {"message": "And on Sundays?"})

    assert Message.objects.count() == 2


def no_mailbox(support):
    support.is_active = False
    support.save()


def no_transport(support):
    Account.objects.update(closed_at=timezone.now())


def no_storage(support):
    from unittest import mock

    mock.patch(
        "wagtail_ecp.inbox.receiving.blobs.write", side_effect=OSError("disk full")
    ).start()


@pytest.mark.parametrize("trouble", [no_mailbox, no_transport, no_storage])
def test_what_can_become_no_mail_is_kept_and_told(page, support, trouble):
    from unittest import mock

    trouble(support)
    try:
        submission = submit(page, **TYPED)
    finally:
        mock.patch.stopall()

    assert submission.pk
    assert kept(page) == 1
    assert not IncomingMail.objects.exists()
    stranded = Action.objects.get(kind=Action.Kind.FORM_STRANDED)
    assert stranded.data["page"] == page.pk
    Account.objects.update(closed_at=None)
    [told] = findings()
    assert "1 x Contact us" in told.words
    assert told.level == "error"


def test_health_is_silent_where_all_forms_arrive(page):
    submit(page, **TYPED)

    assert findings() == []


@pytest.fixture
def named(settings):
    """The setting names the page that the site had before."""
    how = {"mailbox": "support@example.com", "name_field": "your_name"}
    settings.WAGTAIL_ECP = {
        **settings.WAGTAIL_ECP,
        "FORM_PAGES": {"pages.OldPage": how},
    }
    existing.connect()
    yield how
    post_save.disconnect(
        sender=FormSubmission,
        dispatch_uid="wagtail_ecp.forms.wagtailforms.FormSubmission",
    )


def test_an_existing_form_page_is_named_in_the_setting(support, named):
    page = a_page(OldPage, OldField)

    submit(page, **TYPED)

    message = Message.objects.get()
    assert message.sender_address == VERA
    assert message.sender_name == "Vera Holm"
    assert message.conversation.subject == "Opening hours"
    assert FormOrigin.objects.get().page_title == "Contact us"
    assert kept(page) == 1


def test_a_page_with_the_mixin_that_is_named_as_well_counts_once(
    support, named, settings
):
    settings.WAGTAIL_ECP["FORM_PAGES"]["pages.AskingPage"] = named
    page = a_page()

    submit(page, **TYPED)

    assert Message.objects.count() == 1


def test_a_form_page_that_is_not_named_stays_as_it_was(support, named, settings):
    del settings.WAGTAIL_ECP["FORM_PAGES"]["pages.OldPage"]

    submit(a_page(OldPage, OldField), **TYPED)

    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ({"pages.NoPage": {"mailbox": "a@example.com"}}, "no model"),
        ({"nonsense": {"mailbox": "a@example.com"}}, "no model"),
        ({"auth.User": {"mailbox": "a@example.com"}}, "no model of a form page"),
        ({"pages.OldPage": {}}, "names no 'mailbox'"),
        ({"pages.OldPage": "support@example.com"}, "names no 'mailbox'"),
        ({"pages.OldPage": {"mailbox": "a@example.com", "x": ""}}, "nothing: x"),
    ],
)
def test_a_setting_that_makes_no_sense_is_told_at_the_start(
    settings, setting, complaint
):
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "FORM_PAGES": setting}

    assert complaint in " ".join(existing.problems())


def test_a_visitor_can_be_answered_and_their_mail_continues(page, alice):
    submit(page, **TYPED)
    conversation = Conversation.objects.get()
    answer = Answer(
        to=[Address("", VERA)], subject="Re: Opening hours", html="<p>9</p>"
    )
    ours = actions.reply(
        conversation, answer, answers=conversation.messages.first(), by=alice
    )

    receive_and_process(
        an_email("Re: Opening hours", sender=f"V <{VERA}>", cites=[ours.message_id])
    )

    assert Conversation.objects.get().messages.count() == 3


def test_the_public_module_needs_no_admin():
    import subprocess
    import sys

    code = (
        "import sys, django; from django.conf import settings;"
        "settings.configure(); django.setup();"
        "import wagtail_ecp.forms;"
        "assert not [name for name in sys.modules if name.startswith(('wagtail.',"
        " 'wagtail_ecp.inbox', 'wagtail_ecp.admin'))], sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - ours


def test_no_page_is_named_by_default():
    assert conf.DEFAULTS["FORM_PAGES"] == {}
