"""Tags on conversations, and who keeps them in order."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.builders import a_mailbox, a_received_conversation, a_user, done
from wagtail_ecp.inbox import actions, tagging
from wagtail_ecp.inbox.models import Conversation, Tag
from wagtail_ecp.journal.models import Action

pytestmark = pytest.mark.django_db


def tags_of(conversation):
    return [tag.name for tag in conversation.tags.order_by("key")]


def indexed(*conversations):
    keys = [conversation.pk for conversation in conversations]
    Conversation.objects.filter(pk__in=keys).update(is_to_be_indexed=False)


def test_a_tag_is_spelt_as_it_was_first_whoever_writes_it_how(alice):
    a_mailbox(repliers=[alice])
    one, other = a_received_conversation(), a_received_conversation("Another")
    indexed(other)

    actions.tag(one, ["Straße"], by=alice)
    action = actions.tag(other, ["  STRASSE ", "new"], by=alice)

    other.refresh_from_db()
    assert tags_of(other) == ["new", "Straße"]
    assert (action.kind, action.data) == ("tagged", {"tags": ["Straße", "new"]})
    assert other.is_to_be_indexed


def test_a_tag_that_is_there_is_not_put_twice(alice):
    a_mailbox(repliers=[alice])
    conversation = a_received_conversation()
    actions.tag(conversation, ["order"], by=alice)

    assert actions.tag(conversation, ["Order"], by=alice) is None

    assert tags_of(conversation) == ["order"]


@pytest.mark.parametrize("name", ["", "  ", "a,b", "x" * 51, "\x00\n"])
def test_what_is_no_name_becomes_no_tag(alice, name):
    a_mailbox(repliers=[alice])

    with pytest.raises(ValidationError):
        actions.tag(a_received_conversation(), [name], by=alice)

    assert not Tag.objects.exists()


def test_more_tags_than_anybody_reads_are_refused(alice):
    a_mailbox(repliers=[alice])
    conversation = a_received_conversation()

    with pytest.raises(ValidationError):
        actions.tag(conversation, [f"tag {n}" for n in range(31)], by=alice)

    assert (tags_of(conversation), Tag.objects.count()) == ([], 0)


def test_tags_stand_between_commas():
    assert tagging.split(" order, Order ,, billing") == ["Order", "billing"]


def test_a_tag_is_taken_off_and_both_are_undone(alice):
    a_mailbox(repliers=[alice])
    conversation = a_received_conversation()
    put = done(actions.tag(conversation, ["order", "vip"], by=alice))
    off = done(actions.untag(conversation, [Tag.objects.get(key="vip")], by=alice))
    assert tags_of(conversation) == ["order"]

    actions.undo(off, by=alice)
    assert tags_of(conversation) == ["order", "vip"]
    actions.undo(put, by=alice)

    assert tags_of(conversation) == []


def test_who_only_reads_tags_nothing(bob):
    a_mailbox(readers=[bob])

    with pytest.raises(PermissionDenied):
        actions.tag(a_received_conversation(), ["order"], by=bob)


def test_an_administrator_merges_a_tag_into_another_everywhere(alice):
    root = a_user("root", is_superuser=True)
    a_mailbox(repliers=[alice])
    one, other = a_received_conversation(), a_received_conversation("Another")
    actions.tag(one, ["order", "orders"], by=alice)
    actions.tag(other, ["orders"], by=alice)
    indexed(one, other)
    gone, into = Tag.objects.get(key="orders"), Tag.objects.get(key="order")

    actions.merge_tags(gone, into=into, by=root)

    assert (tags_of(one), tags_of(other)) == (["order"], ["order"])
    assert Conversation.objects.to_be_indexed().count() == 2
    assert [tag.name for tag in Tag.objects.all()] == ["order"]


def test_an_administrator_renames_and_deletes_a_tag_everywhere(alice):
    root = a_user("root", is_superuser=True)
    a_mailbox(repliers=[alice])
    conversation = a_received_conversation()
    actions.tag(conversation, ["order", "vip"], by=alice)

    actions.rename_tag(Tag.objects.get(key="order"), "Orders", by=root)
    actions.delete_tag(Tag.objects.get(key="vip"), by=root)

    assert tags_of(conversation) == ["Orders"]


def test_a_tag_is_not_renamed_to_another_one(alice):
    root = a_user("root", is_superuser=True)
    a_mailbox(repliers=[alice])
    actions.tag(a_received_conversation(), ["order", "orders"], by=alice)

    with pytest.raises(ValidationError):
        actions.rename_tag(Tag.objects.get(key="orders"), "ORDER", by=root)


def test_a_member_keeps_no_tags_in_order(alice):
    a_mailbox(managers=[alice])
    actions.tag(a_received_conversation(), ["order"], by=alice)
    tag = Tag.objects.get()

    for act in (
        lambda: actions.rename_tag(tag, "x", by=alice),
        lambda: actions.delete_tag(tag, by=alice),
        lambda: actions.merge_tags(tag, into=tag, by=alice),
    ):
        with pytest.raises(PermissionDenied):
            act()

    assert Action.objects.filter(kind=Action.Kind.TAGGED).count() == 1
