"""The pile: documents that somebody brought, and what was made of them."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0012_fewer_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="PileItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(max_length=500)),
                ("title", models.CharField(blank=True, max_length=300)),
                ("digest", models.CharField(max_length=64)),
                ("words", models.PositiveIntegerField(default=0)),
                ("kind", models.CharField(max_length=16)),
                ("found", models.CharField(max_length=16)),
                ("second", models.CharField(max_length=16)),
                ("score", models.FloatField()),
                ("reasons", models.JSONField(default=list)),
                ("left", models.JSONField(default=list)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
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
                "ordering": ["path", "id"],
            },
        ),
        migrations.CreateModel(
            name="PileMade",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="made_from", to="store.document"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="made", to="store.pileitem"
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
                "ordering": ["id"],
            },
        ),
        migrations.AddConstraint(
            model_name="pileitem",
            constraint=models.UniqueConstraint(fields=("org", "digest", "path"), name="pile_original"),
        ),
        migrations.AddConstraint(
            model_name="pilemade",
            constraint=models.UniqueConstraint(fields=("org", "document"), name="pile_made"),
        ),
    ]
