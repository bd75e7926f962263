"""Somebody who does anything at all with mail, by the product's own actions."""

import random
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests.builders import a_draft, an_email, receive_and_process
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.exceptions import EmailCentreError
from wagtail_ecp.inbox import actions, purging, rejudging
from wagtail_ecp.inbox.answers import Answer
from wagtail_ecp.inbox.models import (
    Conversation,
    Draft,
    Folder,
    Mailbox,
    Merge,
    Message,
    Outbox,
)
from wagtail_ecp.inbox.sending import _end
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.spam.models import Mark

REFUSALS = (ValidationError, PermissionDenied, EmailCentreError)


class Busybody:
    """Does one thing after the other; the same seed, the same things."""

    def __init__(self, seed, members):
        self.dice = random.Random(seed)  # noqa: S311 - the same every time
        self.members = members
        self.count = 0

    def do_something(self):
        """Do one thing; what is refused is not done."""
        names = [name for name in dir(self) if name.startswith("may_")]
        name = self.dice.choice([*names, "may_receive", "may_receive", "may_answer"])
        try:
            getattr(self, name)()
        except REFUSALS:
            return f"{name}: refused"
        return name

    def one_of(self, rows):
        chosen = list(rows.order_by("pk"))
        return self.dice.choice(chosen) if chosen else None

    def by(self, action):
        return next(one for one in self.members if one.pk == action.user_id)

    def member(self):
        return self.dice.choice(self.members)

    def conversation(self):
        found = self.one_of(Conversation.objects.whole())
        if found is None:
            raise ValidationError("nothing there")
        return found

    def message(self, **columns):
        found = self.one_of(Message.objects.filter(**columns))
        if found is None:
            raise ValidationError("nothing there")
        return found

    def may_receive(self):
        self.count += 1
        Account.objects.update(spam_threshold=self.dice.choice([0, 100, 100]))
        box = self.one_of(Mailbox.objects.filter(is_active=True))
        cited = self.one_of(Message.objects.all())
        cites: list[str] = []
        sender = f"c{self.dice.randrange(4)}@customer.example"
        if cited is not None and self.dice.random() < 0.6:
            cites = [cited.message_id]
            sender = (cited.participants or [sender])[0]
        more = {"Auto_Submitted": "auto-replied"} if self.dice.random() < 0.1 else {}
        raw = an_email(
            f"Subject {self.count}",
            f"Text {self.count}\n",
            sender=sender,
            to=box.address,
            cites=cites,
            date=timezone.now() - timedelta(hours=self.dice.choice([0, 0, 5, 300])),
            **more,
        )
        receive_and_process(raw, to=box.address)

    def may_answer(self):
        by = self.member()
        kind = self.dice.choice(
            [Draft.Kind.REPLY, Draft.Kind.REPLY, Draft.Kind.FORWARD]
        )
        columns: dict[str, str] = {"kind": kind}
        if kind == Draft.Kind.FORWARD:
            columns["to"] = "someone@elsewhere.example"
        draft = a_draft(self.conversation(), by=by, **columns)
        after = actions.Afterwards(archives=self.dice.random() < 0.4)
        undo = timedelta(minutes=self.dice.choice([0, 10]))
        actions.send_draft(
            draft, by=by, version=draft.version, after=after, undo=undo, has_seen=10**9
        )

    def may_answer_by_program(self):
        conversation = self.conversation()
        answer = Answer(to=[Address("", "v@c.example")], subject="Re: x", text="Hello")
        archive = self.dice.random() < 0.5
        actions.reply(
            conversation, answer, answers=None, by=self.member(), archive=archive
        )

    def may_begin(self):
        by = self.member()
        box = self.one_of(Mailbox.objects.filter(is_active=True))
        draft = a_draft(mailbox=box, by=by)
        undo = timedelta(minutes=10)
        actions.send_draft(draft, by=by, version=draft.version, undo=undo)

    def may_unsend(self):
        message = self.message(outbox__undo_until__isnull=False)
        actions.unsend(message, by=message.author)

    def may_fail_to_send(self):
        outbox = self.one_of(Outbox.objects.filter(state=Outbox.State.QUEUED))
        if outbox is not None:
            state, kind = self.dice.choice(
                [
                    (Outbox.State.FAILED, Action.Kind.SEND_FAILED),
                    (Outbox.State.SENT, Action.Kind.SENT),
                    (Outbox.State.UNKNOWN, Action.Kind.SEND_UNKNOWN),
                ]
            )
            Outbox.objects.filter(pk=outbox.pk).update(lease_owner="us")
            outbox.refresh_from_db()
            _end(outbox, state, kind)

    def may_send_again(self):
        outbox = self.one_of(Outbox.objects.stuck())
        if outbox is not None:
            again = self.dice.choice([actions.send_again, actions.settle_as_sent])
            again(outbox, by=self.member())

    def may_move(self):
        folder = self.dice.choice(list(Folder))
        actions.move_to(folder, self.conversation(), by=self.member())

    def may_archive(self):
        actions.move_to(Folder.ARCHIVE, self.conversation(), by=self.member())

    def may_mark(self):
        verdict = self.dice.choice([Mark.Verdict.SPAM, Mark.Verdict.WANTED])
        conversation = self.conversation()
        only = None
        if self.dice.random() < 0.5:
            only = conversation.messages.filter(direction="in").first()
        actions.mark(conversation, verdict, by=self.member(), only=only)

    def may_take_back_mark(self):
        message = self.message(score__isnull=False)
        actions.take_back_mark(message, by=self.member())

    def may_assign(self):
        to = self.dice.choice([*self.members, None])
        actions.assign(self.conversation(), to=to, by=self.member())

    def may_merge(self):
        actions.merge(self.conversation(), self.conversation(), by=self.member())

    def may_unmerge(self):
        row = self.one_of(Merge.objects.filter(undone_at=None))
        if row is not None:
            actions.unmerge(row, by=self.member())

    def may_split(self):
        with_later = self.dice.random() < 0.5
        actions.split(self.message(), by=self.member(), with_later=with_later)

    def may_switch(self):
        box = self.one_of(Mailbox.objects.all())
        actions.switch(self.conversation(), to=box, by=self.member())

    def may_snooze(self):
        until = timezone.now() + timedelta(days=1)
        actions.snooze(self.conversation(), until=until, by=self.member())

    def may_wake(self):
        actions.wake(self.conversation(), by=self.member())

    def may_undo(self):
        done = Action.objects.filter(kind__in=actions.UNDOERS, user__isnull=False)
        latest = list(done.order_by("-pk")[:10])
        if latest:
            action = self.dice.choice(latest)
            actions.undo(action, by=self.by(action))

    def may_rejudge(self):
        owner = Account.objects.get().owner
        run = rejudging.ask(threshold=self.dice.choice([0, 50, 100]), by=owner)
        while rejudging.work(run.pk):
            pass
        if self.dice.random() < 0.3:
            rejudging.undo(run, by=owner)
            while rejudging.work(run.pk):
                pass

    def may_purge_junk(self):
        long_ago = timezone.now() - timedelta(days=60)
        chosen = self.one_of(Conversation.objects.exclude(junked_at=None))
        if chosen is not None:
            Conversation.objects.filter(pk=chosen.pk).update(junked_at=long_ago)
            purging.purge_junk()

    def may_purge_mailbox(self):
        if self.dice.random() < 0.95 or Mailbox.objects.count() < 3:
            return
        box = self.one_of(Mailbox.objects.all())
        Mailbox.objects.filter(pk=box.pk).update(is_active=False)
        while purging.purge(box.pk):
            pass
