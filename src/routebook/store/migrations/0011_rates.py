"""What the ledger of hours and money counts with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0010_lean_journal"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="owner_hour",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True),
        ),
        migrations.AddField(
            model_name="organisation",
            name="minutes_per_answer",
            field=models.DecimalField(decimal_places=1, default=5, max_digits=5),
        ),
        migrations.AddField(
            model_name="organisation",
            name="minutes_per_review",
            field=models.DecimalField(decimal_places=1, default=3, max_digits=5),
        ),
    ]
