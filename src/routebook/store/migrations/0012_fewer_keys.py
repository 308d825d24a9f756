"""What PostgreSQL checked more than once for every run, or in vain.

That a run's process is the organisation's own says more than that both exist. People are never deleted, only made
inactive; a check that a task's two exist would lock their rows in every transaction, so that a person with many tasks
becomes a row that everybody waits for. And Django's index for LIKE finds no run: their ids are whole.
"""

from typing import Any

from django.db import migrations

NEEDLESS = (("Run", "org"), ("Run", "process"), ("Task", "assignee"), ("Task", "done_by"))


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for name, field in NEEDLESS:
        model = apps.get_model("store", name)
        column = model._meta.get_field(field).column
        for constraint in schema_editor._constraint_names(model, [column], foreign_key=True):
            schema_editor.execute(f'ALTER TABLE {model._meta.db_table} DROP CONSTRAINT "{constraint}"')
    for index in schema_editor._constraint_names(apps.get_model("store", "Run"), ["id"], index=True, unique=False):
        schema_editor.execute(f'DROP INDEX "{index}"')


def put_back(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for name, field in NEEDLESS:
        model = apps.get_model("store", name)
        schema_editor.execute(
            schema_editor._create_fk_sql(model, model._meta.get_field(field), "_fk_%(to_table)s_%(to_column)s")
        )
    run = apps.get_model("store", "Run")
    schema_editor.execute(schema_editor._create_like_index_sql(run, run._meta.get_field("id")))


class Migration(migrations.Migration):
    dependencies = [("store", "0011_rates")]
    operations = [migrations.RunPython(drop, put_back)]
