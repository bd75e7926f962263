"""Files go into a draft at once: chosen, dropped, pasted, or from the site's libraries."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Collection, GroupCollectionPermission

from tests.admin.test_attachments import an_image
from tests.admin.test_drafting import fields
from tests.builders import a_draft, a_mailbox, an_email, receive_and_process
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.actions import GivenFile
from wagtail_ecp.inbox.models import Conversation, Draft, DraftFile, FileLink

pytestmark = pytest.mark.django_db

FILES = reverse("wagtail_ecp:draft_files")
LIMITS = {
    "WAGTAIL_ECP": settings.WAGTAIL_ECP
    | {"MAX_MESSAGE_BYTES": 4_000, "LINK_ABOVE_BYTES": 10_000, "LINK_MAX_BYTES": 20_000}
}


@pytest.fixture
def conversation(client, alice, bob):
    a_mailbox(repliers=[alice, bob])
    receive_and_process(an_email())
    client.force_login(alice)
    return Conversation.objects.get()


def put(client, conversation, **data):
    """Send the form as the script does."""
    return client.post(
        FILES, fields(conversation, **data), headers={"Accept": "application/json"}
    )


def a_file(name="a.txt", data=b"text", kind="text/plain"):
    return SimpleUploadedFile(name, data, kind)


def may_choose(user, model):
    """Let ``user`` choose from the site's library of ``model``."""
    group = Group.objects.create(name=f"{model.__name__} editors")
    user.groups.add(group)
    name = f"choose_{model._meta.model_name}"
    permission = group.permissions.model.objects.get(codename=name)
    GroupCollectionPermission.objects.create(
        group=group, collection=Collection.get_first_root_node(), permission=permission
    )


def test_the_first_file_makes_the_draft_with_what_is_written(client, conversation):
    answer = put(client, conversation, attachments=[a_file(), a_file("b.txt")])

    draft = Draft.objects.get()
    assert answer.json()["version"] == draft.version == 1
    assert "Soon." in draft.body
    listed = BeautifulSoup(answer.json()["html"], "html.parser").select("li")
    assert [item.span.text for item in listed] == ["a.txt", "b.txt"]


def test_more_files_leave_the_text_as_it_was_saved(client, conversation, alice):
    draft = a_draft(conversation, by=alice, body="<p>Saved.</p>")

    answer = put(client, conversation, key=draft.key, attachments=[a_file()])

    draft.refresh_from_db()
    assert answer.json()["version"] == draft.version
    assert draft.body == "<p>Saved.</p>"
    assert draft.files.get().name == "a.txt"


def test_a_file_is_taken_out_again(client, conversation, alice):
    draft = a_draft(conversation, by=alice)
    [file] = actions.attach(draft, [GivenFile("a", "text/plain", b"a")], by=alice)

    answer = put(client, conversation, key=draft.key, drop=[file.pk, "x", "9" * 30])

    assert not DraftFile.objects.exists()
    assert answer.json()["html"].strip() == ""


def test_without_a_script_the_draft_is_opened(client, conversation):
    answer = client.post(FILES, fields(conversation, attachments=[a_file()]))

    draft = Draft.objects.get()
    assert answer.url == reverse("wagtail_ecp:draft", args=[draft.pk])


@override_settings(**LIMITS)
def test_too_much_is_refused_in_words_and_nothing_is_lost(client, conversation, alice):
    draft = a_draft(conversation, by=alice)
    actions.attach(draft, [GivenFile("a", "text/plain", b"a" * 2_000)], by=alice)

    second = put(
        client, conversation, key=draft.key, attachments=[a_file(data=b"b" * 1_500)]
    )
    huge = put(
        client, conversation, key=draft.key, attachments=[a_file(data=b"c" * 20_001)]
    )

    assert second.status_code == huge.status_code == 400
    assert "too large" in second.json()["words"]
    assert "at most" in huge.json()["words"]
    assert draft.files.count() == 1


@override_settings(**LIMITS)
def test_a_large_file_is_said_to_go_as_a_link(client, conversation):
    answer = put(client, conversation, attachments=[a_file(data=b"d" * 15_000)])

    assert "as a link in the text" in answer.json()["html"]
    assert DraftFile.objects.get().is_link


@override_settings(**LIMITS)
def test_a_linked_file_stands_below_what_was_sent_until_it_expires(
    client, browse, conversation, alice
):
    draft = a_draft(conversation, by=alice)
    large = GivenFile("Plan <1>.pdf", "application/pdf", b"d" * 15_000)
    actions.attach(draft, [large], by=alice)
    actions.send_draft(draft, by=alice, version=draft.version, site="http://x.example")
    link = FileLink.objects.get()
    url = reverse("wagtail_ecp:conversation", args=[conversation.pk])

    [shown] = browse(alice)(url).select(".ecp-linked li")
    there = ZoneInfo("America/Los_Angeles")  # On the account's clock.
    until = date_format(timezone.localtime(link.expires_at, there), "DATE_FORMAT")
    assert "Plan <1>.pdf" in shown.text
    assert f"as a link until {until}" in shown.text
    assert "not fetched yet" in shown.text
    FileLink.objects.update(fetched=2, expires_at=timezone.now() - timedelta(days=1))
    [shown] = browse(alice)(url).select(".ecp-linked li")

    assert "expired on" in shown.text
    assert "fetched 2 times" in shown.text


def test_a_hostile_name_is_a_name_and_no_more(client, conversation):
    put(client, conversation, attachments=[a_file("..\\..\\<b>\u202egpj.exe")])

    assert DraftFile.objects.get().name == "<b>gpj.exe"


def test_documents_and_images_come_from_the_site_for_whom_may_choose(
    client, conversation, alice
):
    document = Document.objects.create(
        title="Plan", file=ContentFile(b"plan", "plan.txt")
    )
    image = Image.objects.create(title="I", file=ContentFile(an_image(), "i.png"))
    chosen = {"library_document": document.pk, "library_image": image.pk}

    put(client, conversation, **chosen)
    refused = DraftFile.objects.count()
    may_choose(alice, Document)
    may_choose(alice, Image)
    put(client, conversation, key="b" * 32, **chosen)

    assert refused == 0
    kinds = set(DraftFile.objects.values_list("content_type", flat=True))
    assert kinds == {"text/plain", "image/png"}


def test_nobody_puts_files_into_a_private_draft_of_others(
    client, conversation, alice, bob
):
    draft = a_draft(conversation, by=bob, is_private=True)

    answer = put(client, conversation, key=draft.key, attachments=[a_file()])

    assert answer.status_code == 404
    assert not DraftFile.objects.exists()


def test_a_draft_that_was_sent_takes_no_more_files(client, conversation, alice):
    draft = a_draft(conversation, by=alice)
    actions.send_draft(draft, by=alice, version=draft.version)

    answer = put(client, conversation, key=draft.key, attachments=[a_file()])

    assert answer.status_code == 409
    assert not DraftFile.objects.exists()
