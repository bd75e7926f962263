"""What members write is kept, sent once, and for some seconds taken back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.functions import Now
from django.utils import timezone

from tests.builders import a_draft, a_mailbox, an_email, grant, receive_and_process
from tests.inbox.test_sending import use_server
from tests.transport.smtp_servers import Keeper, running
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions, blobs, drafts, sending
from wagtail_ecp.inbox.drafts import DraftChangedError, DraftGoneError, NewsError
from wagtail_ecp.inbox.models import (
    Conversation,
    Draft,
    Folder,
    FolderCounter,
    Mailbox,
    MemberProfile,
    Message,
    Outbox,
)
from wagtail_ecp.inbox.writing import answer_to, begun, pull_in_quote, switch
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.parsing import parse
from wagtail_ecp.spam.models import Score

TEN_SECONDS = timedelta(seconds=10)
FIRST = "first@customer.example"


@pytest.fixture
def conversation(alice, bob):
    a_mailbox(repliers=[alice, bob])
    receive_and_process(an_email(message_id=FIRST))
    return Conversation.objects.get()


def written(conversation, by, *, kind=Draft.Kind.REPLY):
    return answer_to(
        conversation, list(conversation.messages.in_order()), kind=kind, by=by
    )


def send(draft, by, **more):
    return actions.send_draft(draft, by=by, version=draft.version, **more)


def sent():
    return parse(
        blobs.read(Message.objects.filter(direction="out").latest("pk").blob_id)
    )


def numbers(mailbox):
    rows = FolderCounter.objects.filter(mailbox=mailbox, folder="inbox")
    return rows.values_list("conversations", "unread", "unassigned").first()


# Saving


def test_a_form_that_is_saved_twice_is_one_draft(conversation, alice):
    form = written(conversation, alice)
    first = actions.save_draft(form, by=alice)
    form.version, form.body = first.version, "<p>More.</p>"

    second = actions.save_draft(form, by=alice)

    assert second.pk == first.pk
    assert Draft.objects.get().body == "<p>More.</p>"


def test_nobody_saves_over_what_they_have_not_seen(conversation, alice, bob):
    draft = a_draft(conversation, by=alice)
    actions.save_draft(Draft.objects.get(), by=bob)

    with pytest.raises(DraftChangedError) as refused:
        actions.save_draft(draft, by=alice)

    assert refused.value.draft.saved_by_name == "bob"


def test_a_private_draft_is_its_writers_alone(conversation, alice, bob):
    draft = a_draft(conversation, by=alice, is_private=True)

    assert list(Draft.objects.visible_to(alice)) == [draft]
    assert list(Draft.objects.visible_to(bob)) == []
    with pytest.raises(PermissionDenied):
        actions.save_draft(Draft.objects.get(), by=bob)


def test_nobody_makes_a_colleagues_draft_private(conversation, alice, bob):
    a_draft(conversation, by=alice)
    theirs = Draft.objects.get()
    theirs.is_private = True

    with pytest.raises(PermissionDenied):
        actions.save_draft(theirs, by=bob)


def test_drafts_go_with_a_conversation_that_left_the_mailbox(conversation, alice, bob):
    a_draft(conversation, by=alice)
    other = a_mailbox("sales@example.com", repliers=[alice])
    Conversation.objects.update(mailbox=other)

    assert Draft.objects.visible_to(alice).count() == 1
    assert Draft.objects.visible_to(bob).count() == 0


def test_who_may_only_read_writes_nothing(conversation, carol):
    grant(carol, conversation.mailbox, "read")

    with pytest.raises(PermissionDenied):
        actions.save_draft(written(conversation, carol), by=carol)


def test_what_was_thrown_away_comes_back_as_it_was(conversation, alice):
    draft = a_draft(conversation, by=alice)

    actions.discard_draft(draft, by=alice)

    assert not Draft.objects.open().exists()
    actions.restore_draft(draft, by=alice)
    assert Draft.objects.open().get().body == draft.body


def test_old_rubbish_and_old_sent_drafts_go(conversation, alice):
    thrown, gone, kept = (a_draft(conversation, by=alice) for _ in range(3))
    actions.discard_draft(thrown, by=alice)
    send(gone, alice)
    over = timezone.now() - timedelta(days=2)
    Draft.objects.update(changed_at=over)
    Draft.objects.filter(pk=thrown.pk).update(discarded_at=over)

    drafts.remove_old()

    assert Draft.objects.get() == kept


# Sending


def test_a_draft_is_sent_threaded_and_signed_by_who_sends_it(conversation, alice, bob):
    MemberProfile.objects.create(user=alice, signature="Alice, Support")
    MemberProfile.objects.create(user=bob, signature="Bob, Support")
    form = written(conversation, alice)
    form.body = form.body.replace("<p></p><p></p>", "<p>Soon.</p>")
    draft = actions.save_draft(form, by=alice)

    message = send(draft, bob)

    answer = sent()
    assert answer.in_reply_to == (FIRST,)
    assert "Bob, Support" in answer.text
    assert "Alice" not in answer.text
    assert message.author == bob
    assert Action.objects.filter(kind="replied", user=bob).exists()


def test_a_signature_that_was_changed_stays(conversation, alice, bob):
    MemberProfile.objects.create(user=alice, signature="Alice")
    draft = a_draft(conversation, by=alice, body="<p>Soon.</p><p>--<br/>Your Alice</p>")

    send(draft, bob)

    assert "Your Alice" in sent().text


def test_the_mailboxs_signature_stands_below_who_has_none(conversation, alice):
    Mailbox.objects.update(signature="The team")
    conversation.refresh_from_db()

    form = written(conversation, alice)

    assert "The team" in form.body


def test_sent_twice_it_leaves_once(conversation, alice):
    draft = a_draft(conversation, by=alice)

    first, second = send(draft, alice), send(draft, alice)

    assert first == second
    assert Outbox.objects.count() == 1


def test_what_a_colleague_sent_is_not_sent_again(conversation, alice, bob):
    draft = a_draft(conversation, by=alice)
    send(draft, bob)

    with pytest.raises(DraftGoneError):
        send(draft, alice)
    with pytest.raises(DraftGoneError):
        actions.save_draft(draft, by=alice)


def test_another_version_than_one_saw_is_not_sent(conversation, alice, bob):
    draft = a_draft(conversation, by=alice)
    actions.save_draft(Draft.objects.get(), by=bob)

    with pytest.raises(DraftChangedError):
        send(draft, alice)
    assert Outbox.objects.count() == 0


@pytest.mark.parametrize(
    ("columns", "field", "words"),
    [
        ({"to": ""}, "to", "Say who should get this."),
        ({"cc": "vera"}, "cc", "“vera” is not an e-mail address."),
        ({"bcc": "x@y.example\nz"}, "bcc", "Write all addresses on one line."),
        ({"subject": "a\nBcc: b"}, "subject", "Write the subject on one line."),
        ({"body": "<p> </p>"}, "body", "There is nothing to send yet."),
        ({"body": " \n", "is_plain": True}, "body", "There is nothing to send yet."),
    ],
)
def test_what_cannot_be_sent_stays_a_draft(conversation, alice, columns, field, words):
    draft = a_draft(conversation, by=alice, **columns)

    with pytest.raises(ValidationError) as refused:
        send(draft, alice)

    assert refused.value.message_dict == {field: [words]}
    assert Draft.objects.open().get() == draft


def test_a_signature_alone_is_nothing(conversation, alice):
    MemberProfile.objects.create(user=alice, signature="Alice")
    draft = actions.save_draft(written(conversation, alice), by=alice)

    with pytest.raises(ValidationError):
        send(draft, alice)


def test_an_inactive_mailbox_and_an_account_that_only_receives_send_nothing(
    conversation, alice
):
    draft = a_draft(conversation, by=alice)
    Account.objects.update(receives_only=True)
    with pytest.raises(ValidationError):
        send(draft, alice)
    Account.objects.update(receives_only=False)
    Mailbox.objects.update(is_active=False)
    with pytest.raises(ValidationError):
        send(draft, alice)


def test_plain_text_is_sent_as_nothing_else(conversation, alice):
    draft = a_draft(conversation, by=alice, is_plain=True, body="a <b>\n\n--\nAlice")

    send(draft, alice)

    answer = sent()
    assert answer.text.startswith("a <b>\n\n-- \nAlice")
    assert answer.html == ""


def test_the_quote_stands_below_with_who_wrote_it(conversation, alice):
    draft = a_draft(conversation, by=alice, has_quote=True)

    send(draft, alice)

    answer = sent()
    assert "Vera Holm <vera@customer.example> wrote:\n> Hello,\n> where is it?" in (
        answer.text
    )
    assert '<blockquote type="cite">' in answer.html


def test_a_quote_of_hostile_html_is_harmless(alice):
    a_mailbox(repliers=[alice])
    html = (
        '<p onclick="x()">Hi<img src="https://spy.example/1.gif"><script>x()</script>'
    )
    raw = an_email().replace(b'text/plain; charset="utf-8"', b"text/html")
    receive_and_process(raw.replace(b"Hello,\nwhere is it?\n", html.encode()))
    draft = a_draft(Conversation.objects.get(), by=alice, has_quote=True)

    send(draft, alice)

    assert "Hi" in sent().html
    assert not any(word in sent().html for word in ("spy", "onclick", "script"))


def test_one_answers_between_the_quoted_lines(conversation, alice):
    MemberProfile.objects.create(user=alice, signature="Alice")
    form = written(conversation, alice)

    pull_in_quote(form, by=alice)

    assert "<blockquote>where is it?</blockquote>" in form.body
    assert form.body.endswith("<p>--<br/>Alice</p>")
    assert not form.has_quote


def test_formatting_goes_and_text_stays_when_one_switches(conversation, alice):
    form = written(conversation, alice)
    form.body = "<p><b>Soon</b>,</p><ul><li>one</li></ul>"

    switch(form)
    assert form.body == "Soon,\n\n- one"
    switch(form)
    assert form.body == "<p>Soon,</p><p>- one</p>"


def test_reply_all_leaves_us_and_strangers_out(alice):
    a_mailbox(repliers=[alice])
    a_mailbox("sales@example.com")
    to = "support@example.com, Sales <sales+x@example.com>, Dan <dan@customer.example>"
    receive_and_process(
        an_email(to=to, Cc="vera@customer.example, Eve <eve@x.example>")
    )
    conversation = Conversation.objects.get()
    newcomer = conversation.messages.get()
    newcomer.pk = None
    newcomer.id_hash, newcomer.sender_key = "other", "eve@x.example"
    newcomer.incoming_id, newcomer.is_newcomer = None, True
    first = list(conversation.messages.in_order())
    newcomer.save()

    form = answer_to(conversation, first, kind=Draft.Kind.REPLY_ALL, by=alice)

    assert form.to == "Vera Holm <vera@customer.example>"
    assert form.cc == "Dan <dan@customer.example>"


def test_a_forward_passes_text_and_files_on_and_answers_nobody(alice):
    a_mailbox(repliers=[alice])
    raw = an_email(message_id=FIRST)
    mixed = raw.replace(
        b'Content-Type: text/plain; charset="utf-8"',
        b"Content-Type: multipart/mixed; boundary=b",
    ).replace(
        b"\n\nHello,\nwhere is it?\n",
        b"\n\n--b\n\nHello,\n--b\nContent-Disposition: attachment; filename=a.txt\n\nA\n"
        b"--b\nContent-Disposition: attachment; filename=b.txt\n\nB\n--b--\n",
    )
    receive_and_process(mixed)
    conversation = Conversation.objects.get()
    waiting = conversation.waiting_since
    form = written(conversation, alice, kind=Draft.Kind.FORWARD)
    form.to, form.originals = "courier@c.example", form.originals[1:]
    draft = actions.save_draft(form, by=alice)

    send(draft, alice)

    answer = sent()
    conversation.refresh_from_db()
    assert answer.subject == "Fwd: Where is my parcel?"
    assert answer.in_reply_to == ()
    assert "From: Vera Holm <vera@customer.example>" in answer.text
    assert [file.name for file in answer.attachments] == ["b.txt"]
    assert conversation.waiting_since == waiting
    assert Action.objects.filter(kind="forwarded").exists()


def test_files_beyond_what_a_mail_may_hold_are_refused(conversation, alice, settings):
    settings.WAGTAIL_ECP = {"MAX_MESSAGE_BYTES": 4096}
    draft = a_draft(conversation, by=alice)
    files = [actions.GivenFile(f"{n}.bin", "x/y", b"x" * 2048) for n in "ab"]
    actions.attach(draft, files, by=alice)

    with pytest.raises(ValidationError, match="too large"):
        send(draft, alice)
    actions.detach(draft, [draft.files.first().pk], by=alice)
    send(draft, alice)

    assert [file.name for file in sent().attachments] == ["b.bin"]


def test_a_new_email_begins_a_conversation_that_waits_for_an_answer(alice):
    mailbox = a_mailbox(repliers=[alice])
    draft = a_draft(by=alice)

    message = send(draft, alice)

    conversation = message.conversation
    assert conversation.subject == "News"
    assert conversation.correspondent == "Vera Holm"
    assert conversation.status == "pending"
    assert not conversation.is_unread
    assert numbers(mailbox) == (1, 0, 1)
    assert Action.objects.filter(kind="begun").exists()


# What came in meanwhile


def test_news_must_be_confirmed_before_anything_leaves(conversation, alice):
    draft = a_draft(conversation, by=alice)
    (row,) = receive_and_process(an_email("Re: x", "Found it!", cites=[FIRST]))

    with pytest.raises(NewsError) as refused:
        send(draft, alice)

    assert refused.value.messages == [row.message]
    assert Outbox.objects.count() == 0
    send(draft, alice, has_seen=row.message.pk)
    assert Outbox.objects.count() == 1


def test_a_colleagues_answer_is_news_and_ones_own_is_not(conversation, alice, bob):
    hers, his = a_draft(conversation, by=alice), a_draft(conversation, by=bob)
    another = a_draft(conversation, by=alice)
    send(hers, alice)

    send(another, alice)
    with pytest.raises(NewsError):
        send(his, bob)


def test_spam_among_accepted_mail_is_no_news(conversation, alice):
    draft = a_draft(conversation, by=alice)
    receive_and_process(an_email("Re: x", "Found it!", cites=[FIRST]))
    Score.objects.filter(message__pk__gt=draft.seen).update(is_spam=True)

    send(draft, alice)

    assert Outbox.objects.count() == 1


# Taking back


def as_it_is():
    """Return the conversation's columns but those that tell of any change."""
    row = Conversation.objects.values().get()
    return {
        name: value
        for name, value in row.items()
        if name not in ("is_to_be_indexed", "version", "changed_at")
    }


def test_what_was_taken_back_was_never_sent(conversation, alice):
    before = as_it_is()
    counted = numbers(conversation.mailbox)
    draft = a_draft(conversation, by=alice)
    message = send(
        draft, alice, undo=TEN_SECONDS, after=actions.Afterwards(archives=True)
    )
    assert Conversation.objects.get().folder == "archive"

    back = actions.unsend(message, by=alice)

    assert as_it_is() == before
    assert numbers(conversation.mailbox) == counted
    assert back.body == draft.body
    assert Draft.objects.open().get() == back
    assert not Outbox.objects.exists()
    assert Action.objects.filter(kind="unsent").exists()
    assert send(back, alice).pk != message.pk


def test_the_worker_waits_as_long_as_one_may_take_it_back(conversation, alice):
    keeper = Keeper()
    with running(keeper) as port:
        use_server(port)
        message = send(a_draft(conversation, by=alice), alice, undo=TEN_SECONDS)
        number = message.outbox.pk

        sending.send(number)
        assert keeper.mails == []
        actions.unsend(message, by=alice)
        sending.send(number)

    assert keeper.mails == []


def test_it_is_too_late_once_a_worker_has_it(conversation, alice):
    keeper = Keeper()
    draft = a_draft(conversation, by=alice)
    with running(keeper) as port:
        use_server(port)
        message = send(draft, alice, undo=TEN_SECONDS)
        Outbox.objects.update(next_try_at=Now())
        sending.send(message.outbox.pk)

    with pytest.raises(actions.TooLateError):
        actions.unsend(message, by=alice)
    assert len(keeper.mails) == 1
    assert Message.objects.filter(pk=message.pk).exists()


def test_it_is_too_late_when_the_time_is_over(conversation, alice):
    message = send(a_draft(conversation, by=alice), alice, undo=TEN_SECONDS)
    Outbox.objects.update(undo_until=Now())

    with pytest.raises(actions.TooLateError):
        actions.unsend(message, by=alice)


def test_only_who_sent_it_takes_it_back(conversation, alice, bob):
    message = send(a_draft(conversation, by=alice), alice, undo=TEN_SECONDS)

    with pytest.raises(PermissionDenied):
        actions.unsend(message, by=bob)


def test_a_conversation_that_was_begun_goes_with_its_message(alice):
    mailbox = a_mailbox(repliers=[alice])
    message = send(a_draft(by=alice), alice, undo=TEN_SECONDS)

    actions.unsend(message, by=alice)

    assert not Conversation.objects.exists()
    assert Draft.objects.open().get().subject == "News"
    assert numbers(mailbox) == (0, 0, 0)


def test_what_a_colleague_did_meanwhile_stays(conversation, alice, bob):
    draft = a_draft(conversation, by=alice)
    message = send(
        draft, alice, undo=TEN_SECONDS, after=actions.Afterwards(archives=True)
    )
    actions.move_to(Folder.TRASH, Conversation.objects.get(), by=bob)

    actions.unsend(message, by=alice)

    assert Conversation.objects.get().folder == "trash"


def test_what_one_answered_is_spam_again(conversation, alice):
    Score.objects.update(is_spam=True)
    actions.move_to(Folder.SPAM, conversation, by=alice)
    Score.objects.update(decision="")
    message = send(a_draft(conversation, by=alice), alice, undo=TEN_SECONDS)
    assert Conversation.objects.get().folder == "inbox"

    actions.unsend(message, by=alice)

    score = Score.objects.get()
    assert (score.is_spam, score.decision) == (True, "")
    assert Conversation.objects.get().folder == "spam"


def test_sent_and_snoozed_it_sleeps(conversation, alice):
    until = timezone.now() + timedelta(days=1)

    send(
        a_draft(conversation, by=alice),
        alice,
        after=actions.Afterwards(snoozed_until=until),
    )

    assert Conversation.objects.get().snoozed_until == until


def test_a_new_email_needs_a_mailbox_that_one_answers_from(alice):
    a_mailbox(readers=[alice])
    draft = begun(Mailbox.objects.get(), by=alice)

    with pytest.raises(PermissionDenied):
        actions.save_draft(draft, by=alice)
