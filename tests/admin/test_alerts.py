"""What members are told of in the admin."""

import pytest
from django.urls import reverse

from tests.admin.queries import queries_of
from tests.builders import a_draft, a_mailbox, an_email, receive_and_process
from wagtail_ecp.inbox import actions, alert_causes
from wagtail_ecp.inbox.models import (
    Alert,
    Conversation,
    Draft,
    GroupMailboxPermission,
)

pytestmark = pytest.mark.django_db

URL = "/admin/mail/alerts/"


@pytest.fixture
def conversation(alice, bob):
    a_mailbox(repliers=[alice, bob])
    receive_and_process(an_email("Parcel <b>"))
    return Conversation.objects.get()


def an_alert(conversation, user, cause="note 1", **columns):
    return Alert.objects.create(
        user=user,
        cause=cause,
        conversation=conversation,
        **{"kind": "mentioned", "by_name": "bob <i>"} | columns,
    )


def test_alerts_are_listed_newest_first_and_lead_to_conversations(
    browse, conversation, alice
):
    an_alert(conversation, alice)
    an_alert(conversation, alice, cause="action 1", kind="assigned", by_name="")

    soup = browse(alice)(URL)

    rows = soup.select(".ecp-alerts li")
    assert "Support: assigned to you" in rows[0].get_text()
    assert "Support: bob <i> mentioned you" in rows[1].get_text()
    assert rows[0].a["href"] == reverse(
        "wagtail_ecp:conversation", args=[conversation.pk]
    )
    assert rows[0].a.get_text() == "Parcel <b>"


def stayed(draft, trouble="A file is gone."):
    """Let a draft's time pass in vain."""
    Draft.objects.filter(pk=draft.pk).update(trouble=trouble)
    draft.refresh_from_db()
    alert_causes.tell_of_trouble(draft)
    return Alert.objects.get(draft=draft)


def test_the_author_of_a_draft_that_was_not_sent_is_told_and_led_to_it(
    client, browse, conversation, alice, bob
):
    new = stayed(a_draft(mailbox=conversation.mailbox, by=alice, subject="News <b>"))
    answer = stayed(a_draft(conversation, by=alice))

    rows = browse(alice)(URL).select(".ecp-alerts li")

    assert "Support: not sent. A file is gone." in rows[0].get_text()
    assert [row.a.get_text() for row in rows] == ["Re: Parcel <b>", "News <b>"]
    assert not browse(bob)(URL).select(".ecp-alerts li")
    client.force_login(alice)
    assert "Alerts (2)" in client.get(URL).content.decode()
    for row in rows:
        assert client.get(row.a["href"], follow=True).status_code == 200
    for alert in (new, answer):
        alert.refresh_from_db()
        assert alert.read_at
    assert '"Alerts"' in client.get(URL).content.decode()


def test_of_a_draft_that_was_thrown_away_nobody_is_told(browse, conversation, alice):
    draft = a_draft(mailbox=conversation.mailbox, by=alice)
    stayed(draft)
    actions.discard_draft(draft, by=alice)

    assert not browse(alice)(URL).select(".ecp-alerts li")


def test_the_menu_says_how_many_are_unread_and_stops_at_ninety_nine(
    client, conversation, alice
):
    client.force_login(alice)
    assert '"Alerts"' in client.get(URL).content.decode()

    an_alert(conversation, alice)
    assert "Alerts (1)" in client.get(URL).content.decode()

    for number in range(120):
        an_alert(conversation, alice, cause=f"note {number + 2}")
    assert "Alerts (99+)" in client.get(URL).content.decode()


def test_alerts_of_what_one_may_not_read_any_more_are_gone(
    client, conversation, alice, bob
):
    an_alert(conversation, alice)
    a_mailbox("other@example.com", readers=[alice])
    GroupMailboxPermission.objects.filter(
        group__user=alice, mailbox=conversation.mailbox
    ).delete()
    client.force_login(alice)

    shown = client.get(URL).content.decode()

    assert "Parcel" not in shown
    assert "Alerts (" not in shown


def test_whoever_opens_the_conversation_has_read_its_alerts(
    client, conversation, alice, bob
):
    an_alert(conversation, alice)
    an_alert(conversation, bob)
    client.force_login(alice)

    client.get(reverse("wagtail_ecp:conversation", args=[conversation.pk]))

    assert not Alert.objects.unread().filter(user=alice).exists()
    assert Alert.objects.unread().filter(user=bob).exists()


def test_all_that_were_shown_are_marked_as_read(client, conversation, alice, bob):
    shown = an_alert(conversation, alice)
    later = an_alert(conversation, alice, cause="note 2")
    an_alert(conversation, bob)
    client.force_login(alice)

    client.post(reverse("wagtail_ecp:read_alerts"), {"until": shown.pk})

    assert list(Alert.objects.unread().filter(user=alice)) == [later]
    assert Alert.objects.unread().filter(user=bob).exists()


@pytest.mark.parametrize("until", ["", "x", "-1", "9" * 30])
def test_nonsense_marks_nothing_as_read(client, conversation, alice, until):
    an_alert(conversation, alice)
    client.force_login(alice)

    response = client.post(reverse("wagtail_ecp:read_alerts"), {"until": until})

    assert response.status_code == 302
    assert Alert.objects.unread().exists()


def test_many_alerts_come_in_pages_and_cost_as_few(client, browse, conversation, alice):
    client.force_login(alice)
    an_alert(conversation, alice)
    few = queries_of(client, URL)
    for number in range(60):
        an_alert(conversation, alice, cause=f"note {number + 2}")
    many = queries_of(client, URL)
    get = browse(alice)

    second = get(URL + get(URL).select_one("a[rel=next]")["href"])

    assert len(many) == len(few) <= 10
    assert len(second.select(".ecp-alerts li")) == 11
