"""Somebody at the browser."""

import pytest
from bs4 import BeautifulSoup


@pytest.fixture
def browse(client):
    """Log in and return a function that gets a page as soup."""

    def log_in(user):
        client.force_login(user)

        def get(url, **query):
            response = client.get(url, query)
            assert response.status_code == 200, (url, response.status_code)
            return BeautifulSoup(response.content, "html.parser")

        return get

    return log_in
