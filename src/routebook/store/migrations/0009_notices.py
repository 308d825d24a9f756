"""The inbox, and when each person gets mail."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0008_who_and_when"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="mail",
            field=models.CharField(
                choices=[("at-once", "at-once"), ("daily", "daily"), ("off", "off")], default="at-once", max_length=8
            ),
        ),
        # What happened before there was an inbox is told to nobody.
        migrations.RunSQL("UPDATE store_outbox SET done_at = created_at WHERE done_at IS NULL", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=200)),
                ("title", models.CharField(max_length=300)),
                ("about", models.TextField(blank=True)),
                ("address", models.CharField(max_length=300)),
                ("urgent", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="store.member",
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
                "indexes": [
                    models.Index(fields=["member", "-created_at"], name="notice_list"),
                    models.Index(
                        condition=models.Q(("read_at__isnull", True)), fields=["member"], name="notice_unread"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("org", "member", "key"), name="notice_key")],
            },
        ),
    ]
