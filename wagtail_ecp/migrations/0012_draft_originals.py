from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wagtail_ecp", "0011_what_a_merge_took_along")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="originals",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
