"""Feed readers that people use, against the site: all there is, then nothing new."""

from types import SimpleNamespace

import feedparser
import pytest
from django.test.testcases import QuietWSGIRequestHandler

from tests.builders import a_mailbox, a_user, an_email, receive_and_process
from tests.feeds.readers import Newsboat
from tests.feeds.subscribed import TARGETS, a_target, an_address

SUBJECTS = [f"Order {number}" for number in range(10)]

targets = pytest.mark.parametrize("name", TARGETS)
kinds = pytest.mark.parametrize("kind", ["rss", "atom"])


@pytest.fixture
def statuses(monkeypatch):
    """What the live server answers, in turn."""
    seen: list[int] = []
    note = lambda _self, code="-", _size="-": seen.append(int(code))  # noqa: E731
    monkeypatch.setattr(QuietWSGIRequestHandler, "log_request", note)
    return seen


@pytest.fixture
def served(live_server, transactional_db, name, kind):
    """A member's feed on a running site, and what its readers are to find in it."""
    member = a_user("ann")
    a_mailbox(readers=[member])
    first = "order-0@customer.example"
    together = name == "conversation"
    receive_and_process(
        *(
            an_email(
                subject,
                message_id=f"order-{number}@customer.example",
                cites=[first] if together and number else [],
            )
            for number, subject in enumerate(SUBJECTS)
        )
    )
    address = an_address(a_target(name, by=member), kind, by=member)
    return SimpleNamespace(url=live_server.url + address, member=member)


@targets
@kinds
def test_feedparser_reads_all_and_then_hears_that_nothing_changed(served):
    first = feedparser.parse(served.url)
    second = feedparser.parse(served.url, etag=first.etag, modified=first.modified)

    assert (first.status, second.status) == (200, 304)
    assert not first.bozo
    assert sorted(entry.title for entry in first.entries) == SUBJECTS
    assert {entry.author for entry in first.entries} == {"Vera Holm"}
    assert second.entries == []


@targets
@kinds
def test_feedparser_needs_no_more_than_the_time_to_hear_that(served):
    first = feedparser.parse(served.url)

    second = feedparser.parse(served.url, modified=first.modified)

    assert second.status == 304


@pytest.mark.newsboat
@targets
@kinds
def test_newsboat_reads_all_and_then_hears_that_nothing_changed(
    served, statuses, tmp_path
):
    reader = Newsboat(tmp_path, served.url)

    reader.poll()

    assert sorted(item.title for item in reader.items()) == SUBJECTS
    assert {item.author for item in reader.items()} == {"Vera Holm"}
    # Its cache keeps the ETag of a feed that it knows: one that is new, it asks for twice.
    reader.poll()
    reader.poll()
    assert statuses[0] == 200
    assert statuses[-1] == 304
    assert len(reader.items()) == len(SUBJECTS)
