"""What the guides show as code works as it stands."""

import mailbox
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils.module_loading import import_string

from tests.builders import a_mailbox, an_email
from tests.lasting.guides import DOCS, blocks
from wagtail_ecp import conf
from wagtail_ecp.inbox.fetching import fetch
from wagtail_ecp.inbox.models import IncomingMail, Source
from wagtail_ecp.inbox.processing import process_batch
from wagtail_ecp.jobs import cron
from wagtail_ecp.mail.mboxrd import entry
from wagtail_ecp.queue import QUEUES

NEW_SOURCE = "how-to/add-a-mail-source.md"
PRODUCTION = "how-to/run-in-production.md"


def code_of(page, language="py", number=0):
    names = {"__name__": "guide"}
    exec(blocks(page, language)[number], names)  # noqa: S102 - our own guide
    return names


@pytest.fixture
def spool(db, settings, monkeypatch, tmp_path):
    """A source of the guide's kind, made by the guide's code."""
    a_mailbox()
    kind = code_of(NEW_SOURCE)["SpoolSource"]
    monkeypatch.setattr(
        conf, "load", lambda path: kind if "mysite" in path else import_string(path)
    )
    wanted = code_of(NEW_SOURCE, "python")["WAGTAIL_ECP"]
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, **wanted}
    code_of(NEW_SOURCE, "python", 1)
    Source.objects.update(folder=str(tmp_path))
    return Source.objects.get()


def test_the_guides_source_fetches_each_mail_once(spool):
    for number in (1, 2, 10):
        Path(spool.folder, f"{number}.eml").write_bytes(an_email(f"Fax {number}"))

    assert fetch(spool.pk) == 3
    assert fetch(spool.pk) == 0

    process_batch()
    found = IncomingMail.objects.order_by("pk")
    assert [mail.uid for mail in found] == [1, 2, 10]
    assert {mail.state for mail in found} == {"stored"}


def test_the_guides_source_keeps_the_header_of_large_mail(spool, settings):
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "MAX_MESSAGE_BYTES": 400}
    Path(spool.folder, "1.eml").write_bytes(an_email("Large", text="x" * 60 + "\n"))
    Path(spool.folder, "2.eml").write_bytes(an_email("Larger", text="y" * 400 + "\n"))

    fetch(spool.pk)

    small, large = IncomingMail.objects.order_by("pk")
    assert small.oversize is None
    assert large.oversize == Path(spool.folder, "2.eml").stat().st_size


@pytest.mark.parametrize("start", ["now", "30-days"])
def test_the_guides_source_begins_where_it_shall(spool, start):
    Path(spool.folder, "1.eml").write_bytes(an_email("Before"))
    Source.objects.update(start=start)

    fetch(spool.pk)
    Path(spool.folder, "2.eml").write_bytes(an_email("After"))
    fetch(spool.pk)

    uids = list(IncomingMail.objects.values_list("uid", flat=True))
    assert uids == ([2] if start == "now" else [1, 2])


def test_a_folder_that_is_gone_is_said_at_the_source(spool):
    Source.objects.update(folder="/nowhere/at/all")

    fetch(spool.pk)

    spool.refresh_from_db()
    assert "is no folder" in spool.last_error


def test_the_guides_lines_undo_an_mbox(tmp_path, monkeypatch, db):
    raw = b"Subject: x\r\n\r\nFrom me\r\n>From you\nno end"
    at = IncomingMail._meta.get_field("received_at").to_python("2026-01-02T03:04:05Z")
    (name,) = re.findall(r'mbox\("(.+?)"', blocks("how-to/leave.md", "py")[0])
    file = tmp_path / name
    file.write_bytes(entry(raw, sender="a b@c", at=at))
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"length": len(raw)}

    exec(blocks("how-to/leave.md", "py")[0], names)  # noqa: S102 - our own guide

    assert names["raw"] == raw
    assert file.read_bytes().startswith(b"From a-b@c Fri Jan  2 03:04:05 2026\n")
    assert isinstance(names["box"], mailbox.mbox)
    names["box"].close()


def test_the_guide_to_production_names_every_process():
    text = (DOCS / PRODUCTION).read_text("utf-8")

    for queue in QUEUES:
        assert f"rqworker {queue} --with-scheduler" in text
    assert f"rqcron {cron.__name__}" in text
    for unit in blocks(PRODUCTION, "ini"):
        if "[Service]" in unit:
            assert "KillMode=mixed" in unit
