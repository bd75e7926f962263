"""Members are told what came: once, together, and only what they may read."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.builders import a_mailbox, an_email, grant, receive_and_process
from wagtail_ecp.accounts.models import Installation, Letter
from wagtail_ecp.inbox import actions, alert_causes, alerts, profiles
from wagtail_ecp.inbox.models import (
    Alert,
    Conversation,
    Folder,
    Follow,
    GroupMailboxPermission,
    IncomingMail,
    MemberProfile,
    Message,
    Note,
    Outbox,
)
from wagtail_ecp.jobs import alerts as jobs
from wagtail_ecp.jobs.sweep import sweep

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_once(settings):
    """Do jobs at once, those for letters too: they wait, as nothing listens."""
    settings.WAGTAIL_ECP = {
        **settings.WAGTAIL_ECP,
        "JOB_QUEUE": "wagtail_ecp.queue.ImmediateQueue",
    }


@pytest.fixture
def support(alice, bob):
    return a_mailbox(repliers=[alice, bob])


@pytest.fixture
def watched(support, alice):
    """A mailbox whose new mail alice wants to hear of."""
    profiles.change({"alert_mailboxes": [support]}, by=alice)
    return support


def receive(*mails, to="support@example.com"):
    """Receive, and do what the signal would have done."""
    known = set(Message.objects.values_list("pk", flat=True))
    receive_and_process(*mails, to=to)
    for number in Message.objects.exclude(pk__in=known).values_list("pk", flat=True):
        jobs.alert_of_mail(number)


def assign(conversation, *, to, by):
    actions.assign(conversation, to=to, by=by)
    jobs.alert_of_assignment(conversation.pk)


def mail(user):
    """Write to the user what waits, and return the letters there are."""
    alerts.mail(user.pk)
    return list(Letter.objects.filter(user=user).order_by("pk"))


def later(minutes=5):
    """Let this much time have passed since the last mail."""
    past = timezone.now() - timedelta(minutes=minutes, seconds=1)
    Alert.objects.exclude(mailed_at=None).update(mailed_at=past, settled_at=past)


def test_new_mail_is_told_to_those_who_want_that(watched, alice, bob):
    receive(an_email("Where is my parcel?"))

    [letter] = mail(alice)
    conversation = Conversation.objects.get()
    assert letter.subject == "Support: Where is my parcel?"
    assert "Support: new mail from Vera Holm" in letter.text
    url = f"http://tests.example/admin/mail/conversations/{conversation.pk}/"
    assert url in letter.text
    assert url in letter.html
    assert mail(bob) == []


def test_assignment_is_told_to_the_assignee(support, alice, bob):
    receive(an_email("Where is my parcel?"))

    assign(Conversation.objects.get(), to=bob, by=alice)

    [letter] = mail(bob)
    assert "Where is my parcel?" in letter.text
    assert "Support: assigned to you by alice" in letter.text
    assert mail(alice) == []


def test_nobody_is_told_of_what_they_did_themselves(support, alice):
    receive(an_email())

    assign(Conversation.objects.get(), to=alice, by=alice)

    assert not Alert.objects.exists()


def test_who_does_not_want_assignments_is_not_told(support, alice, bob):
    profiles.change({"alert_assigned": False}, by=bob)
    receive(an_email())

    assign(Conversation.objects.get(), to=bob, by=alice)

    assert not Alert.objects.exists()


def test_assignment_taken_back_at_once_is_told_to_nobody(support, alice, bob):
    receive(an_email())
    conversation = Conversation.objects.get()
    actions.assign(conversation, to=bob, by=alice)

    assign(conversation, to=None, by=alice)

    assert not Alert.objects.exists()


def test_jobs_that_run_twice_tell_it_once(watched, alice, bob):
    receive(an_email())
    conversation = Conversation.objects.get()
    assign(conversation, to=alice, by=bob)

    jobs.alert_of_mail(conversation.messages.get().pk)
    jobs.alert_of_assignment(conversation.pk)
    later()
    jobs.alert_of_assignment(conversation.pk)

    assert Alert.objects.count() == 2


def test_assigned_again_is_told_again(support, alice, bob):
    receive(an_email())
    conversation = Conversation.objects.get()
    for to in (bob, None, bob):
        assign(conversation, to=to, by=alice)

    assert Alert.objects.filter(user=bob).count() == 2


def test_rest_of_what_came_follows_in_one_mail_after_five_minutes(watched, alice):
    receive(an_email("One"))
    assert len(mail(alice)) == 1

    receive(an_email("Two"), an_email("Three"))
    assert len(mail(alice)) == 1
    later(minutes=4)
    assert len(mail(alice)) == 1
    later(minutes=5)

    [_first, second] = mail(alice)
    assert second.subject == "2 news in your mailboxes"
    assert "Two" in second.text
    assert "Three" in second.text
    assert "One\n" not in second.text
    assert mail(alice) == [_first, second]


@pytest.mark.parametrize("folder", [Folder.SPAM, Folder.TRASH])
def test_reply_to_what_lies_in_spam_or_trash_is_not_told(watched, alice, folder):
    receive_and_process(an_email(message_id="1@x"))
    Conversation.objects.update(folder=folder)
    [row] = receive_and_process(an_email("Re: parcel", cites=["1@x"]))
    Conversation.objects.update(folder=folder)

    jobs.alert_of_mail(row.message.pk)

    assert not Alert.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.customer.example>"},
        {"sender": "mailer-daemon@customer.example"},
    ],
)
def test_automatic_mail_is_never_told(watched, headers):
    receive(an_email("Out of office", **headers))

    assert not Alert.objects.exists()


def test_mail_that_was_there_before_us_is_not_told(watched):
    [row] = receive_and_process(an_email())
    IncomingMail.objects.update(is_history=True)

    jobs.alert_of_mail(row.message.pk)

    assert not Alert.objects.exists()


def test_our_own_answer_is_not_told(watched, alice):
    receive_and_process(an_email())
    Message.objects.update(direction="out")

    jobs.alert_of_mail(Message.objects.get().pk)

    assert not Alert.objects.exists()


def test_who_may_no_longer_read_is_not_told(watched, alice):
    receive_and_process(an_email())
    GroupMailboxPermission.objects.filter(group__user=alice).delete()

    jobs.alert_of_mail(Message.objects.get().pk)

    assert not Alert.objects.exists()


def test_what_one_may_no_longer_read_is_left_out_of_the_mail(watched, alice):
    sales = a_mailbox("sales@example.com", readers=[alice])
    profiles.change({"alert_mailboxes": [watched, sales]}, by=alice)
    receive(an_email("First of all"))
    mail(alice)
    receive(an_email("Still mine"))
    receive(an_email("Secret"), to="sales@example.com")
    GroupMailboxPermission.objects.filter(mailbox=sales).delete()
    later()

    letter = mail(alice)[-1]

    assert "Still mine" in letter.text
    assert "Secret" not in letter.text + letter.html + letter.subject
    assert not Alert.objects.waiting().exists()


def test_nothing_is_written_if_nothing_is_left_to_tell(watched, alice):
    alert_causes.tell_of_mail(_stored(an_email()))
    GroupMailboxPermission.objects.all().delete()

    assert mail(alice) == []
    assert not Alert.objects.waiting().exists()


def _stored(raw):
    [row] = receive_and_process(raw)
    related = Message.objects.select_related("conversation", "incoming")
    return related.get(incoming=row)


def test_what_became_spam_meanwhile_is_left_out(watched, alice):
    alert_causes.tell_of_mail(_stored(an_email()))
    Conversation.objects.update(folder=Folder.SPAM)

    assert mail(alice) == []


def test_alerts_switched_off_meanwhile_are_left_out(watched, alice):
    alert_causes.tell_of_mail(_stored(an_email()))
    profiles.change({"alert_mailboxes": []}, by=alice)

    assert mail(alice) == []


def test_inactive_member_is_not_written_to(watched, alice):
    alert_causes.tell_of_mail(_stored(an_email()))
    alice.is_active = False
    alice.save()

    assert mail(alice) == []


@pytest.mark.parametrize("address", ["support@example.com", "SUPPORT+me@example.com"])
def test_whose_own_address_is_a_mailbox_is_never_written_to(watched, alice, address):
    alice.email = address
    alice.save()

    receive(an_email())

    assert mail(alice) == []
    assert Alert.objects.exists()
    assert not Alert.objects.waiting().exists()


def test_nobody_is_told_of_what_came_before_they_wished_it(support, alice):
    message = _stored(an_email())
    profiles.change({"alert_mailboxes": [support]}, by=alice)

    alert_causes.tell_of_mail(message)

    assert not Alert.objects.exists()


def test_sweep_finds_what_no_job_has_noted(watched, alice, bob):
    message = _stored(an_email("Overlooked"))
    actions.assign(message.conversation, to=bob, by=alice)

    sweep()
    sweep()

    assert Alert.objects.filter(user=alice, kind="new-mail").count() == 1
    assert Alert.objects.filter(user=bob, kind="assigned").count() == 1


def test_sweep_looks_no_further_than_its_last_round(watched, alice):
    message = _stored(an_email("Old"))
    Message.objects.update(stored_at=timezone.now() - timedelta(hours=2))
    MemberProfile.objects.update(alerts_since=None)
    Installation.objects.update(beat_at=timezone.now() - timedelta(minutes=1))

    sweep()
    assert not Alert.objects.filter(message=message).exists()

    Installation.objects.update(beat_at=timezone.now() - timedelta(hours=3))
    sweep()
    assert Alert.objects.filter(message=message).exists()


def test_sweep_mails_what_waited_for_the_pause(
    watched, alice, django_capture_on_commit_callbacks
):
    receive(an_email("One"))
    mail(alice)
    receive(an_email("Two"))
    later()

    with django_capture_on_commit_callbacks(execute=True):
        sweep()

    assert Letter.objects.filter(user=alice).count() == 2
    assert not Alert.objects.waiting().exists()


def test_fifty_alerts_cost_as_many_queries_as_two(watched, alice):
    alert_causes.tell_of_mail(_stored(an_email("a")))
    alert_causes.tell_of_mail(_stored(an_email("b")))
    with CaptureQueriesContext(connection) as few:
        mail(alice)
    for number in range(50):
        alert_causes.tell_of_mail(_stored(an_email(f"Mail {number}")))
    later()

    with CaptureQueriesContext(connection) as many:
        letter = mail(alice)[-1]

    assert letter.subject == "50 news in your mailboxes"
    assert len(many) == len(few) <= 20


def test_mail_lists_fifty_and_says_how_many_more(watched, alice, monkeypatch):
    monkeypatch.setattr(alerts, "LISTED", 2)
    for number in range(5):
        alert_causes.tell_of_mail(_stored(an_email(f"Mail {number}")))

    [letter] = mail(alice)

    assert letter.text.count("new mail from") == 2
    assert "And 3 more." in letter.text


def test_markup_in_subjects_stays_text(watched, alice):
    receive(an_email("<b>Hi</b>", sender='"<i>Eve</i>" <eve@customer.example>'))

    [letter] = mail(alice)

    assert "&lt;b&gt;Hi" in letter.html
    assert "<i>" not in letter.html


def test_dates_and_words_are_those_of_the_reader(watched, alice):
    from wagtail.users.models import UserProfile

    own = UserProfile.get_for_user(alice)
    own.preferred_language, own.current_time_zone = "de", "Asia/Tokyo"
    own.save()
    alice.refresh_from_db()
    message = _stored(an_email())
    alert_causes.tell_of_mail(message)
    noon = timezone.now().replace(hour=12, minute=0)
    Alert.objects.update(at=noon)

    [letter] = mail(alice)

    assert "21:00" in letter.text


def test_alerts_of_a_merged_conversation_lead_there(watched, alice, bob):
    one, other = _stored(an_email("One")), _stored(an_email("Two"))
    alert_causes.tell_of_mail(other)
    actions.merge(one.conversation, other.conversation, by=bob)

    [letter] = mail(alice)

    assert "Two" in letter.text


def test_what_is_gone_is_no_error(db):
    jobs.alert_of_mail(4711)
    jobs.alert_of_assignment(4711)
    jobs.mail_alerts("4711")


def test_month_old_alerts_are_deleted(watched, alice):
    receive(an_email("Old"))
    mail(alice)
    Alert.objects.update(settled_at=timezone.now() - timedelta(days=30))
    receive(an_email("New"))

    jobs.remove_old_alerts()

    assert Alert.objects.get().message.subject == "New"


def test_signals_put_alerts_on_their_way(
    watched, alice, bob, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        receive_and_process(an_email("Told"), an_email("Not told", Precedence="bulk"))
    with django_capture_on_commit_callbacks(execute=True):
        told = Conversation.objects.get(subject="Told")
        actions.assign(told, to=bob, by=alice)

    assert sorted(Alert.objects.values_list("user__username", "kind")) == [
        ("alice", "new-mail"),
        ("bob", "assigned"),
    ]
    assert Letter.objects.count() == 2


def test_purge_of_the_mailbox_takes_its_alerts_along(watched, alice):
    from wagtail_ecp.inbox.purging import purge

    receive(an_email())
    watched.is_active = False
    watched.save()

    while purge(watched.pk):
        pass

    assert not Alert.objects.exists()


def test_reader_who_may_only_read_is_told(support, carol):
    grant(carol, support, "read")
    profiles.change({"alert_mailboxes": [support]}, by=carol)

    receive(an_email())

    assert len(mail(carol)) == 1


def kinds_for(user):
    own = Alert.objects.filter(user=user).order_by("pk")
    return list(own.values_list("kind", flat=True))


@pytest.fixture
def followed(support, bob):
    """A conversation that bob follows."""
    receive(an_email("Where is my parcel?", message_id="first@customer.example"))
    conversation = Conversation.objects.get()
    Follow.objects.create(user=bob, conversation=conversation)
    return conversation


def a_note(conversation, *, by, text="A word", mentioning=()):
    note = Note.objects.create(
        conversation=conversation, author=by, author_name=by.username, text=text
    )
    note.mentioned.set(mentioning)
    jobs.alert_of_note(note.pk)
    return note


def answered(conversation, *, by):
    """An answer of ours that a server took."""
    first = conversation.messages.first()
    message = Message.objects.create(
        mailbox=conversation.mailbox,
        conversation=conversation,
        blob=first.blob,
        direction="out",
        id_hash="own",
        content_hash="own",
        author=by,
        author_name=by.username,
        subject="Re: parcel",
        at=timezone.now(),
    )
    Outbox.objects.create(message=message, state="sent", sent_at=timezone.now())
    return message


def test_a_reply_in_what_one_follows_is_told(followed, alice, bob):
    receive(an_email("Re: parcel", cites=["first@customer.example"]))

    [letter] = mail(bob)
    assert kinds_for(bob) == ["followed"]
    assert "Support: reply from Vera Holm" in letter.text
    assert kinds_for(alice) == []


def test_a_reply_in_what_one_answers_for_is_told(followed, alice):
    Follow.objects.all().delete()
    Conversation.objects.update(assignee=alice)

    receive(an_email("Re: parcel", cites=["first@customer.example"]))

    assert kinds_for(alice) == ["followed"]


def test_who_follows_and_watches_is_told_once(followed, bob):
    profiles.change({"alert_mailboxes": [followed.mailbox]}, by=bob)

    receive(an_email("Re: parcel", cites=["first@customer.example"]))

    assert kinds_for(bob) == ["followed"]


def test_a_colleagues_reply_and_note_are_told_to_who_follows(followed, alice, bob):
    message = answered(followed, by=alice)
    jobs.alert_of_reply(message.pk)
    jobs.alert_of_reply(message.pk)
    a_note(followed, by=alice)

    [letter] = mail(bob)
    assert kinds_for(bob) == ["followed", "followed"]
    assert "Support: alice replied" in letter.text
    assert "Support: alice wrote a note" in letter.text
    assert kinds_for(alice) == []


def test_ones_own_reply_and_note_are_not_told(followed, bob):
    jobs.alert_of_reply(answered(followed, by=bob).pk)
    a_note(followed, by=bob, mentioning=[bob])

    assert kinds_for(bob) == []


def test_a_mention_is_told_instead_of_what_one_follows(followed, alice, bob):
    a_note(followed, by=alice, mentioning=[bob])

    [letter] = mail(bob)
    assert kinds_for(bob) == ["mentioned"]
    assert "Support: alice mentioned you" in letter.text


def test_who_may_not_read_is_told_of_no_mention(followed, alice, carol):
    a_note(followed, by=alice, mentioning=[carol])

    assert kinds_for(carol) == []


@pytest.mark.parametrize(
    ("name", "mentioned"), [("alert_mentioned", True), ("alert_followed", False)]
)
def test_kinds_that_are_switched_off_are_not_told(
    followed, alice, bob, name, mentioned
):
    profiles.change({name: False}, by=bob)
    MemberProfile.objects.update(alerts_since=None)
    if mentioned:
        Follow.objects.all().delete()

    a_note(followed, by=alice, mentioning=[bob] if mentioned else [])

    assert kinds_for(bob) == []


def test_who_wants_no_mail_is_told_in_the_admin_alone(followed, alice, bob):
    profiles.change({"alerts_by_mail": False}, by=bob)
    a_note(followed, by=alice)

    assert mail(bob) == []
    assert list(alerts.of(bob))
    assert not Alert.objects.waiting().exists()


def test_what_was_seen_in_the_admin_is_not_mailed(followed, alice, bob):
    a_note(followed, by=alice)
    alerts.note_reading(followed, by=bob)

    assert mail(bob) == []


def test_alerts_in_the_admin_are_of_what_one_may_read(followed, alice, bob):
    a_note(followed, by=alice)
    GroupMailboxPermission.objects.filter(group__user=bob).delete()

    assert list(alerts.of(bob)) == []


def test_the_sweep_finds_notes_and_replies_that_no_job_has_told(followed, alice, bob):
    answered(followed, by=alice)
    Note.objects.create(
        conversation=followed, author=alice, author_name="alice", text="x"
    )

    sweep()
    sweep()

    assert kinds_for(bob) == ["followed", "followed"]


def test_what_is_gone_meanwhile_alerts_nobody(support):
    jobs.alert_of_reply(1)
    jobs.alert_of_note(1)

    assert not Alert.objects.exists()
