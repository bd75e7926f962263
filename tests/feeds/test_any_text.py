"""Whatever anybody writes: a feed comes out, and holds against the rules."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.feeds.samples import PROBLEMS, a_feed, an_entry
from wagtail_ecp.feeds.feed import Attachment, Entry
from wagtail_ecp.feeds.rendering import render

#: All of Unicode, with what is no character: surrogates, controls, unassigned.
TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
FILES = st.builds(Attachment, name=TEXT, size=st.integers(0, 2**40), content_type=TEXT)
ENTRIES = st.builds(
    an_entry,
    title=TEXT,
    author=TEXT,
    text=TEXT,
    html=st.none() | TEXT,
    tags=st.lists(TEXT, max_size=3).map(tuple),
    attachments=st.lists(FILES, max_size=2).map(tuple),
)


def comes_out(entry: Entry) -> None:
    feed = a_feed(entry, subtitle=entry.title)
    for kind, problems in PROBLEMS.items():
        assert problems(render(feed, kind)) == []


@settings(max_examples=200, deadline=None)
@given(ENTRIES)
def test_any_message_makes_a_feed(entry):
    comes_out(entry)


@pytest.mark.slow
@settings(
    max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(ENTRIES)
def test_any_of_10_000_messages_makes_a_feed(entry):
    comes_out(entry)
