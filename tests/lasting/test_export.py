"""Whoever leaves takes everything along, byte for byte."""

import json
import mailbox as mailboxes
import re
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.builders import a_mailbox, an_account, an_email, receive_and_process
from wagtail_ecp.accounts import private_files
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions, blobs
from wagtail_ecp.inbox.answers import Answer
from wagtail_ecp.inbox.export_rows import KINDS
from wagtail_ecp.inbox.models import (
    Conversation,
    IncomingMail,
    Mailbox,
    Message,
    Outbox,
    OutgoingServer,
    Source,
)
from wagtail_ecp.inbox.receiving import receive
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.addresses import Address

SALES = "sales@example.com"
PASSWORD = "never to be exported"

#: Mail that a careless mbox would change.
AWKWARD = (
    b"Subject: quoted\r\n\r\nFrom here on\r\n>From there\r\n>>From both\r\n",
    b"Subject: line feeds alone\n\nFrom the start\n",
    b"Subject: no end\n\nnothing ends this line",
    b"From the header on it is broken\n\nFrom x@y Mon Jan  1 00:00:00 2024\n",
    b"Subject: empty lines\r\n\r\n\r\n\r\n\n\n",
    b"Subject: bytes\r\n\r\n\x00\xff\r\x85From \xe2\x80\xa8From \n",
)


def export(directory, *arguments):
    said = StringIO()
    call_command("ecp_export", str(directory), *arguments, stdout=said)
    return said.getvalue()


def rows(directory, name):
    lines = (directory / f"{name}.jsonl").read_text("utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def manifest(directory):
    return json.loads((directory / "manifest.json").read_text())


def mails(directory, address):
    """Read an mbox back with Python's own reader, and undo the quoting."""
    (box,) = (b for b in manifest(directory)["mailboxes"] if b["address"] == address)
    index = [r for r in rows(directory, "mails") if r["mailbox"] == box["id"]]
    read = mailboxes.mbox(directory / box["file"], create=False)
    bodies = [read.get_bytes(key) for key in read.iterkeys()]
    read.close()
    unquoted = [re.sub(rb"(?m)^>(>*From )", rb"\1", body) for body in bodies]
    return [body[: row["bytes"]] for body, row in zip(unquoted, index, strict=True)]


def an_answer(conversation, *, by):
    answer = Answer(
        to=[Address("Vera Holm", "vera@customer.example")],
        bcc=[Address("", "boss@example.com")],
        subject="Re: x",
        html="<p>From here it takes a day.</p>",
    )
    return actions.reply(conversation, answer, answers=None, by=by)


@pytest.fixture
def filled(alice):
    """Two mailboxes with a server, received, sent, merged and unprocessed mail."""
    support = a_mailbox(repliers=[alice])
    a_mailbox(SALES, repliers=[alice])
    server = OutgoingServer(name="Out", host="mail.example", port=465)
    source = Source(mailbox=support, name="In", host="mail.example", port=993)
    for row in (server, source):
        row.password = PASSWORD
        row.save()
    Mailbox.objects.update(outgoing_server=server)
    receive_and_process(an_email("One", message_id="1@x"), an_email("Two"))
    receive_and_process(an_email("Re: One", cites=["1@x"]), *AWKWARD)
    receive_and_process(an_email("Zwölf Stühle ✓", to=SALES), to=SALES)
    one, two = Conversation.objects.filter(mailbox=support).order_by("pk")[:2]
    an_answer(one, by=alice)
    actions.assign(one, to=alice, by=alice)
    actions.merge(one, two, by=alice)
    receive(b"Subject: waits\n\nstill\n", recipients=[SALES])


def test_everything_received_and_sent_comes_back_byte_for_byte(filled, tmp_path):
    export(tmp_path / "out")

    for mailbox in Mailbox.objects.all():
        ledger = IncomingMail.objects.filter(mailbox=mailbox).order_by("pk")
        sent = Message.objects.filter(mailbox=mailbox, direction="out")
        expected = [blobs.read(row.blob_id) for row in (*ledger, *sent)]
        assert mails(tmp_path / "out", mailbox.address) == expected


def test_every_mail_is_found_where_the_index_says(filled, tmp_path):
    out = tmp_path / "out"
    export(out)

    files = {
        box["id"]: (out / box["file"]).read_bytes()
        for box in manifest(out)["mailboxes"]
    }
    index = rows(out, "mails")

    assert len(index) == IncomingMail.objects.count() + Outbox.objects.count()
    for row in index:
        line, _end, rest = files[row["mailbox"]][row["offset"] :].partition(b"\n")
        assert line.startswith(b"From ")
        unquoted = re.sub(rb"(?m)^>(>*From )", rb"\1", rest)
        assert unquoted[: row["bytes"]] == blobs.read(row["sha256"])


def test_the_json_accounts_for_every_row(filled, tmp_path):
    out = tmp_path / "out"
    export(out)

    for name, model in (
        ("account", Account),
        ("mailboxes", Mailbox),
        ("conversations", Conversation),
        ("messages", Message),
        ("incoming_mail", IncomingMail),
        ("outbox", Outbox),
        ("actions", Action),
    ):
        ids = [row["id"] for row in rows(out, name)]
        assert ids == list(model.objects.order_by("pk").values_list("pk", flat=True))
        assert manifest(out)["rows"][name] == len(ids) > 0


def test_conversations_tell_their_messages_and_messages_their_raw_mail(
    filled, tmp_path
):
    out = tmp_path / "out"
    export(out)

    for row in rows(out, "conversations"):
        found = Message.objects.filter(conversation=row["id"]).in_order()
        assert row["messages"] == [message.pk for message in found]
    raw = {
        row["message"]: row["sha256"] for row in rows(out, "mails") if row["message"]
    }
    assert raw == dict(Message.objects.values_list("pk", "blob"))
    (sent,) = (row for row in rows(out, "messages") if row["direction"] == "out")
    assert sent["author_name"] == "alice"
    assert sent["addresses"]["bcc"] == [["", "boss@example.com"]]
    (outbox,) = rows(out, "outbox")
    assert [to["address"] for to in outbox["recipients"]] == [
        "vera@customer.example",
        "boss@example.com",
    ]


def test_no_credential_leaves(filled, tmp_path):
    export(tmp_path / "out")

    secrets = [
        row.secret for row in (*Source.objects.all(), *OutgoingServer.objects.all())
    ]
    for file in (tmp_path / "out").iterdir():
        content = file.read_bytes().decode(errors="replace")
        assert PASSWORD not in content
        assert "md5$" not in content  # A hashed password of the tests' settings.
        assert not any(secret in content for secret in secrets)


def test_every_table_of_ours_is_exported_or_left_out_on_purpose():
    written = {kind.rows().model for kind in KINDS}
    ours = set(apps.get_app_config("wagtail_ecp").get_models())

    assert {model.__name__ for model in ours - written} == {
        # In the rows that they are parts of.
        *("Attachment", "ContactAddress", "InvoiceLine", "OutboxRecipient"),
        "DraftFile",
        # Derived from the raw mail or from other rows.
        *("Blob", "MessageIdentifier", "FolderCounter", "AssigneeCounter"),
        "ContactWord",
        # Who is where just now, and one change to many while it runs.
        *("Presence", "LastSeen", "BulkChange", "BulkItem"),
        # Somebody else's words, and who has read them.
        *("Announcement", "UpdateRead"),
        "Installation",  # Means nothing elsewhere.
        "Setup",  # Unfinished, and gone once there is something to export.
        # What Stripe knows better.
        *("StripeCustomer", "StripeEvent"),
        # What members were told of, and exports themselves.
        *("Alert", "Export"),
        # Follow from the actions, which are exported.
        *("Fact", "Books"),
        # Learned or counted from scores and marks, and runs over them.
        *("SpamModel", "ScoreTally", "Rejudging", "Rejudged"),
    }


def test_one_mailbox_leaves_alone(filled, tmp_path):
    out = tmp_path / "out"
    sales = Mailbox.objects.get(address=SALES)

    export(out, "--mailbox", "SALES@example.com")

    assert len(mails(out, SALES)) == 2
    assert {row["id"] for row in rows(out, "mailboxes")} == {sales.pk}
    assert {row["mailbox_id"] for row in rows(out, "messages")} == {sales.pk}
    assert {row["mailbox_number"] for row in rows(out, "actions")} == {sales.pk}
    assert len(rows(out, "members")) == 1
    assert not (out / "account.jsonl").exists()


def test_the_same_bytes_fetched_twice_are_written_once(db, tmp_path):
    a_mailbox()
    mail = an_email()
    receive_and_process(mail, mail, an_email())

    export(tmp_path / "out")

    assert len(mails(tmp_path / "out", "support@example.com")) == 2


def test_a_closed_account_can_be_exported(filled, tmp_path):
    Account.objects.update(closed_at=timezone.now())

    export(tmp_path / "out")

    assert mails(tmp_path / "out", SALES)


def test_an_installation_without_mail_can_be_exported(db, tmp_path):
    an_account()

    export(tmp_path / "out")

    assert manifest(tmp_path / "out")["mailboxes"] == []


def test_nothing_is_overwritten(db, tmp_path):
    an_account()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "precious").touch()

    with pytest.raises(CommandError, match="is not empty"):
        export(tmp_path / "out")

    assert [file.name for file in (tmp_path / "out").iterdir()] == ["precious"]


def test_a_lost_file_is_said_and_the_rest_is_exported(db, tmp_path):
    a_mailbox()
    row, _other = receive_and_process(an_email("Lost"), an_email("Kept"))
    private_files.delete(blobs.file_name(row.blob_id))

    with pytest.raises(CommandError, match="but for 1 raw mails"):
        export(tmp_path / "out")

    found = rows(tmp_path / "out", "mails")
    assert [row["bytes"] is None for row in found] == [True, False]
    assert manifest(tmp_path / "out")["mailboxes"][0]["missing"] == 1


def test_only_the_exporting_user_may_enter_the_directory(db, tmp_path):
    an_account()

    export(tmp_path / "out")

    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


def test_an_unknown_mailbox_is_an_error(db, tmp_path):
    an_account()

    with pytest.raises(CommandError, match="no mailbox"):
        export(tmp_path / "out", "--mailbox", "nobody@example.com")


def test_addresses_make_file_names_that_stay_in_the_directory(db, tmp_path):
    a_mailbox("up/and/over@example.com")

    export(tmp_path / "out")

    (box,) = manifest(tmp_path / "out")["mailboxes"]
    assert "/" not in box["file"]
    assert (tmp_path / "out" / box["file"]).is_file()
