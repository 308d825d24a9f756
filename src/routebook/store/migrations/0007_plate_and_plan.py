import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0006_describe_documents"),
    ]

    operations = [
        migrations.AddField(
            model_name="stepdecision",
            name="was",
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.CreateModel(
            name="PlanEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.CharField(max_length=120)),
                ("period", models.CharField(blank=True, max_length=16)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("by_day", models.DateField(blank=True, null=True)),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "org",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="store.organisation"
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.document"
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="store.member"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("org", "process", "step"), name="plan_step")],
            },
        ),
        migrations.CreateModel(
            name="PlateItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=300)),
                ("folded", models.CharField(max_length=300)),
                ("value", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("energy", models.SmallIntegerField(blank=True, null=True)),
                ("costly", models.BooleanField(default=False)),
                ("judgement", models.BooleanField(default=False)),
                ("minutes", models.PositiveIntegerField(default=0)),
                ("times_a_month", models.DecimalField(decimal_places=2, default=0, max_digits=8)),
                ("facts", models.JSONField(default=dict)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="plate", to="store.member"
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="store.organisation"
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="store.document",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("org", "member", "folded"), name="plate_line")],
            },
        ),
    ]
