from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wagtail_ecp", "0010_unassigned_in_order")]

    operations = [
        migrations.AddField(
            model_name="merge",
            name="data",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
