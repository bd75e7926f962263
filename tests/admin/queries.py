"""How many queries a page costs."""

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries_of(client, url):
    """Return what was asked of the database for a page that is not the first."""
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(url)
    assert response.status_code == 200
    return [query["sql"] for query in captured.captured_queries]
