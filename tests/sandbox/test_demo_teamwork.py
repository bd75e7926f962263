"""The demo's two members have worked: there is something of everything to look at."""

from email import message_from_bytes
from email.policy import default

import pytest
from django.urls import reverse
from django.utils import timezone

from sandbox.demo import teamwork
from sandbox.demo.mails import demo_mails
from tests.builders import a_mailbox, a_user
from wagtail_ecp.inbox.models import (
    UNTIL_REPLY,
    Alert,
    Attachment,
    Conversation,
    Draft,
    Merge,
    Note,
    SavedSearch,
    Star,
    Tag,
)
from wagtail_ecp.inbox.processing import process_batch
from wagtail_ecp.inbox.receiving import receive
from wagtail_ecp.journal.models import Action


@pytest.fixture
def worked(db):
    member, colleague = a_user("member"), a_user("colleague")
    administrator = a_user("administrator")
    house = {
        "support": [member, colleague, administrator],
        "sales": [member, administrator],
        "press": [colleague, administrator],
    }
    for name, people in house.items():
        a_mailbox(f"{name}@sandbox.test", repliers=people)
    subjects = {chapter.subject for chapter in teamwork.CHAPTERS}
    subjects.add("2nd picture of the notebook")
    for mail in demo_mails(timezone.now()):
        subject = message_from_bytes(mail.content, policy=default)["Subject"]
        if str(subject).removeprefix("Re: ") in subjects:
            receive(mail.content, recipients=mail.recipients)
    while process_batch():
        pass
    teamwork.do()


def test_every_chapter_finds_its_conversation(worked):
    subjects = {chapter.subject for chapter in teamwork.CHAPTERS}

    tagged = Conversation.objects.exclude(taggings=None)

    assert set(tagged.values_list("subject", flat=True)) == subjects


def test_there_is_something_of_everything(worked):
    drafts = Draft.objects.open()

    assert Tag.objects.count() >= 10
    assert Note.objects.exclude(mentioned=None).count() >= 4
    assert Star.objects.count() >= 4
    assert Conversation.objects.filter(snoozed_until=UNTIL_REPLY).exists()
    assert Conversation.objects.filter(snoozed_until__lt=UNTIL_REPLY).exists()
    assert Merge.objects.get(by__username="member").undone_at is None
    assert Action.objects.filter(kind=Action.Kind.SPLIT).exists()
    assert drafts.filter(is_private=True).exists()
    assert drafts.filter(send_at__gt=timezone.now()).exists()
    assert drafts.filter(kind=Draft.Kind.FORWARD).exists()
    assert drafts.exclude(files=None).exists()


def test_attachments_are_of_many_kinds(worked):
    kinds = set(Attachment.objects.values_list("content_type", flat=True))

    assert kinds >= {"image/jpeg", "application/pdf", "application/zip", "text/csv"}
    assert "message/rfc822" in kinds
    assert any("wordprocessingml" in kind for kind in kinds)
    assert Attachment.objects.filter(content_type="image/png", is_inline=True).exists()


def test_searches_are_private_and_shared_and_can_be_asked(worked):
    searches = SavedSearch.objects.all()

    assert {search.is_shared for search in searches} == {True, False}
    assert searches.count() == len(teamwork.SEARCHES)


def test_working_again_changes_nothing(worked):
    before = Action.objects.count(), Draft.objects.count(), Alert.objects.count()

    teamwork.do()

    after = Action.objects.count(), Draft.objects.count(), Alert.objects.count()
    assert after == before


def test_every_draft_can_be_written_on(worked, client):
    for draft in Draft.objects.open():
        client.force_login(draft.author)

        answer = client.get(reverse("wagtail_ecp:draft", args=[draft.pk]), follow=True)

        assert answer.status_code == 200
        assert draft.subject in answer.content.decode()
