"""Counts what lies in inboxes by who answers for it, as actions do from now on."""

from django.db import migrations
from django.db.models import Count


def count(apps, schema_editor):
    get_model = apps.get_model
    inbox = get_model("wagtail_ecp", "Conversation").objects.filter(
        folder="inbox", merged_into=None
    )
    rows = inbox.order_by().values_list("mailbox", "assignee")
    members = get_model("wagtail_ecp", "AssigneeCounter").objects
    folders = get_model("wagtail_ecp", "FolderCounter").objects
    for mailbox_id, user_id, number in rows.annotate(number=Count("pk")):
        if user_id is None:
            folders.filter(mailbox=mailbox_id, folder="inbox").update(unassigned=number)
        else:
            members.create(
                mailbox_id=mailbox_id, user_id=user_id, conversations=number
            )


class Migration(migrations.Migration):
    dependencies = [("wagtail_ecp", "0005_working_the_inbox")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
