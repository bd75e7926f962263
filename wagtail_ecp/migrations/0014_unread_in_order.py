"""Gives lists of what is unread an index of their own: most mail is read."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wagtail_ecp', '0013_remote_images'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('is_unread', True), ('merged_into__isnull', True), ('snoozed_until__isnull', True)), fields=['mailbox', 'folder', '-last_message_at', '-id'], name='ecp_conversation_unread'),
        ),
    ]
