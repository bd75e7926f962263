"""What lies in Spam and Trash already is kept for the whole time from now on."""

from django.db import migrations
from django.utils import timezone


def begin_now(apps, schema_editor):
    conversations = apps.get_model("wagtail_ecp", "Conversation")
    junk = conversations.objects.filter(folder__in=["spam", "trash"])
    junk.filter(junked_at=None).update(junked_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("wagtail_ecp", "0003_spam_and_assignment")]

    operations = [migrations.RunPython(begin_now, migrations.RunPython.noop)]
