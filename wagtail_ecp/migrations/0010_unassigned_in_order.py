"""Gives the list of what nobody answers for an index that SQLite prefers."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wagtail_ecp', '0009_words_of_contacts'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='conversation',
            name='ecp_conversation_nobodys',
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('assignee__isnull', True), ('folder', 'inbox'), ('merged_into__isnull', True), ('snoozed_until__isnull', True)), fields=['mailbox', 'folder', '-last_message_at', '-id'], name='ecp_conversation_nobodys'),
        ),
    ]
