"""What a person changed of a proposal is kept for another day, and a whole drive is sorted some files at a time."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0014_bands"),
    ]

    operations = [
        migrations.AddField(
            model_name="pileitem",
            name="change",
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name="PileArrival",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(max_length=500)),
                ("digest", models.CharField(max_length=64)),
                ("total", models.PositiveIntegerField()),
                ("at", models.PositiveIntegerField(default=0)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("kept", models.PositiveIntegerField(default=0)),
                ("refused", models.JSONField(default=list)),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "member",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="store.member"
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="store.organisation"
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
                "indexes": [
                    models.Index(fields=["org", "created_at"], name="pile_arrivals"),
                    models.Index(
                        condition=models.Q(("finished_at", None)), fields=["created_at"], name="pile_arriving"
                    ),
                ],
            },
        ),
    ]
