"""Writes down by what words the contacts that are there are found, and who added them."""

from django.db import migrations

from wagtail_ecp.contacts.words import sort_key, words_of

CHUNK = 1000


def learn(apps, schema_editor):
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
    dependencies = [("wagtail_ecp", "0008_find_contacts")]

    operations = [
        migrations.RunPython(learn, migrations.RunPython.noop),
        migrations.RunPython(remember_who, migrations.RunPython.noop),
    ]
