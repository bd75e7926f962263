"""What the tests of the search share."""

from wagtail_ecp.inbox.search.finding import Search
from wagtail_ecp.inbox.search.indexing import index_waiting
from wagtail_ecp.inbox.search.syntax import parse
from wagtail_ecp.inbox.search.viewing import Viewer


def a_search(user, text):
    """Return the search that ``user`` means by ``text``."""
    return Search(parse(text).rules, Viewer.of(user))


def found_by(user, text, *, is_indexed=True):
    """Return the numbers of what a member finds, in order."""
    while is_indexed and index_waiting():
        pass
    found = a_search(user, text).conversations()
    return sorted(found.values_list("pk", flat=True))
