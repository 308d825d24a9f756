"""A draft remembers how its map was drawn."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0013_pile"),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="bands",
            field=models.JSONField(default=dict),
        ),
    ]
