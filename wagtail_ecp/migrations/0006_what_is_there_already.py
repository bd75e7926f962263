"""Counts and describes what is there already, as actions do from now on.

Inboxes by who answers for what, and contacts by the words they are found by and by who
added them.
"""

from django.db import migrations
from django.db.models import Count

from wagtail_ecp.contacts.words import sort_key, words_of

CHUNK = 1000


def count_assignments(apps, schema_editor):
    inbox = apps.get_model("wagtail_ecp", "Conversation").objects.filter(
        folder="inbox", merged_into=None
    )
    rows = inbox.order_by().values_list("mailbox", "assignee")
    members = apps.get_model("wagtail_ecp", "AssigneeCounter").objects
    folders = apps.get_model("wagtail_ecp", "FolderCounter").objects
    for mailbox_id, user_id, number in rows.annotate(number=Count("pk")):
        if user_id is None:
            folders.filter(mailbox=mailbox_id, folder="inbox").update(unassigned=number)
        else:
            members.create(
                mailbox_id=mailbox_id, user_id=user_id, conversations=number
            )


def learn_words(apps, schema_editor):
    contacts = apps.get_model("wagtail_ecp", "Contact").objects
    word_rows = apps.get_model("wagtail_ecp", "ContactWord")
    rows = contacts.prefetch_related("addresses").order_by("pk")
    last = 0
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
        last = chunk[-1].pk
        words = []
        for contact in chunk:
            addresses = [row.address for row in contact.addresses.all()]
            first = addresses[0] if addresses else ""
            contact.sort_key = sort_key(contact.name, first)
            theirs = {word for one in addresses for word in words_of(contact.name, one)}
            is_added = contact.origin == "added"
            words += [
                word_rows(contact=contact, word=word, is_added=is_added)
                for word in sorted(theirs)
            ]
        contacts.bulk_update(chunk, ["sort_key"])
        word_rows.objects.bulk_create(words)


def remember_who(apps, schema_editor):
    contacts = apps.get_model("wagtail_ecp", "Contact").objects
    actions = apps.get_model("wagtail_ecp", "Action").objects
    for action in actions.filter(kind="contact-added").order_by("pk").iterator():
        added = contacts.filter(pk=action.data.get("contact"), origin="added")
        added.update(
            added_at=action.at,
            added_by=action.user_id,
            added_by_name=action.user_name,
        )


class Migration(migrations.Migration):
    dependencies = [("wagtail_ecp", "0005_working_the_inbox")]

    operations = [
        migrations.RunPython(count_assignments, migrations.RunPython.noop),
        migrations.RunPython(learn_words, migrations.RunPython.noop),
        migrations.RunPython(remember_who, migrations.RunPython.noop),
    ]
