"""Whatever happens, in whatever order: facts and log agree, and so do facts and rows."""

from collections import Counter

import pytest

from tests.builders import a_mailbox
from tests.metrics.doing import Busybody
from wagtail_ecp.inbox.models import Conversation, Folder
from wagtail_ecp.journal.models import Action
from wagtail_ecp.metrics import books
from wagtail_ecp.metrics.models import Fact

Kind = Fact.Kind
pytestmark = pytest.mark.django_db


def rebuilt():
    """Rebuild all facts; return how many were wrong."""
    while not (progress := books.rebuild_piece()).is_done:
        pass
    return progress.differed


def in_the_inbox():
    rows = Conversation.objects.whole().filter(folder=Folder.INBOX)
    return Counter(rows.values_list("mailbox", flat=True))


def backlog():
    found = Counter()
    for kind, sign in ((Kind.ENTERED, 1), (Kind.LEFT, -1)):
        for (mailbox,) in Fact.objects.filter(kind=kind).values_list("mailbox_number"):
            found[mailbox] += sign
    return +found


@pytest.mark.parametrize("seed", range(5))
def test_facts_written_by_and_by_are_those_of_the_whole_log(alice, bob, seed):
    for name in ("support", "sales", "press", "jobs"):
        a_mailbox(f"{name}@example.com", repliers=[alice, bob])
    busy = Busybody(seed, [alice, bob])
    books.count_waiting()
    rebuilt()

    told = []
    for _time in range(150):
        told.append(busy.do_something())
        if busy.dice.random() < 0.3:
            books.count_waiting()
            assert backlog() == in_the_inbox(), told[-5:]
    while books.count_waiting():
        pass

    assert not Action.objects.to_be_counted().exists()
    assert backlog() == in_the_inbox()
    assert rebuilt() == 0
    assert Fact.objects.count() > 50
