"""The conversation's page says on which page of the site it began."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page

from tests.builders import a_mailbox, an_email, receive_and_process
from tests.inbox.test_forms import TYPED, a_page, submit
from wagtail_ecp.inbox.models import Conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(alice):
    a_mailbox(repliers=[alice])
    page = a_page()
    submit(page, **TYPED | {"your_name": "Vera <b>Holm</b>"})
    return page


def panel_of(browse, user):
    number = Conversation.objects.latest("pk").pk
    return browse(user)(reverse("wagtail_ecp:beside", args=[number, "contact"]))


def test_the_panel_shows_page_language_and_answers(browse, page, alice):
    soup = panel_of(browse, alice).select_one(".ecp-origin")

    shown = soup.get_text(" ", strip=True)
    assert "Contact us" in shown
    assert "en" in shown
    assert "Vera <b>Holm</b>" in shown
    assert "When are you open?" in shown
    assert "nobody has checked them" in shown
    assert not soup.select_one("b")


def test_who_may_edit_the_page_gets_there(browse, page, alice):
    edit_url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert edit_url not in str(panel_of(browse, alice))

    GroupPagePermission.objects.create(
        group=alice.groups.get(name="Admin access"),
        page=Page.get_first_root_node(),
        permission=Permission.objects.get(
            content_type__app_label="wagtailcore", codename="change_page"
        ),
    )

    assert edit_url in str(panel_of(browse, alice))


def test_a_page_that_is_gone_is_named_all_the_same(browse, page, alice):
    page.delete()

    assert "Contact us" in panel_of(browse, alice).get_text()


def test_other_mail_says_nothing_of_pages(browse, alice):
    a_mailbox(repliers=[alice])
    receive_and_process(an_email())

    assert not panel_of(browse, alice).select_one(".ecp-origin")
