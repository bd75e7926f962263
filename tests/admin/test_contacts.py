"""The screens of contacts, and the answers while somebody addresses mail."""

import pytest
from django.urls import reverse

from tests.admin.queries import queries_of
from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.inbox import actions

pytestmark = pytest.mark.django_db

VERA = "vera@customer.example"


def test_completion_answers_with_names_and_addresses(client, alice):
    a_mailbox(repliers=[alice])
    receive_and_process(an_email(sender=f"Vera Holm <{VERA}>"))
    client.force_login(alice)

    response = client.get(reverse("wagtail_ecp:complete_contacts"), {"q": "ver"})

    assert response["Content-Type"] == "application/json"
    assert response.json() == [{"name": "Vera Holm", "address": VERA}]
    assert "no-store" in response["Cache-Control"]


def test_completion_costs_the_same_for_one_and_for_many(client, alice):
    a_mailbox(repliers=[alice])
    client.force_login(alice)
    url = reverse("wagtail_ecp:complete_contacts") + "?q=a"
    actions.write_down_contact("Anna", "anna@customer.example", by=alice)
    few = queries_of(client, url)
    for number in range(20):
        actions.write_down_contact("", f"a{number}@customer.example", by=alice)

    assert len(queries_of(client, url)) == len(few) <= 8
