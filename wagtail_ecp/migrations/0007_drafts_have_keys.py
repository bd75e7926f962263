import wagtail_ecp.inbox.models.drafts
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wagtail_ecp", "0006_count_assignments")]

    # No release wrote drafts yet: there are no rows that could get the same key.
    operations = [
        migrations.AddField(
            model_name="draft",
            name="discarded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="draft",
            name="key",
            field=models.CharField(
                default=wagtail_ecp.inbox.models.drafts.new_key,
                max_length=32,
                unique=True,
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="saved_by_name",
            field=models.CharField(blank=True, max_length=255),
        ),
    ]
