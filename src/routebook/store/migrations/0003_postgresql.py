"""What only PostgreSQL can promise, and what only it needs.

Composite foreign keys: a run's process, a task's run and an event's run are of the same organisation, whatever
the code above does. And room on the pages of the two tables whose rows change in place, so that an update
needs no new index entries.
"""

from typing import Any

from django.db import migrations

FORWARDS = (
    "ALTER TABLE store_run ADD CONSTRAINT run_document_same_org FOREIGN KEY (org_id, process_id)"
    " REFERENCES store_document (org_id, id) DEFERRABLE INITIALLY DEFERRED",
    "ALTER TABLE store_task ADD CONSTRAINT task_run_same_org FOREIGN KEY (org_id, run_id)"
    " REFERENCES store_run (org_id, id) DEFERRABLE INITIALLY DEFERRED",
    "ALTER TABLE store_event ADD CONSTRAINT event_run_same_org FOREIGN KEY (org_id, run_id)"
    " REFERENCES store_run (org_id, id) DEFERRABLE INITIALLY DEFERRED",
    "ALTER TABLE store_run SET (fillfactor = 70)",
    "ALTER TABLE store_task SET (fillfactor = 80)",
)
BACKWARDS = (
    "ALTER TABLE store_task RESET (fillfactor)",
    "ALTER TABLE store_run RESET (fillfactor)",
    "ALTER TABLE store_event DROP CONSTRAINT event_run_same_org",
    "ALTER TABLE store_task DROP CONSTRAINT task_run_same_org",
    "ALTER TABLE store_run DROP CONSTRAINT run_document_same_org",
)
# What the composite keys promise already (the outbox is written by the same statement). Each of these would lock its parent row once more in every transaction,
# and the organisation's row is everybody's parent.
IMPLIED = (("Task", "run_id"), ("Task", "org_id"), ("Event", "run_id"), ("Event", "org_id"), ("Outbox", "org_id"))


def promise(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for statement in FORWARDS:
        schema_editor.execute(statement)
    for name, column in IMPLIED:
        model = apps.get_model("store", name)
        for constraint in schema_editor._constraint_names(model, [column], foreign_key=True):
            schema_editor.execute(f'ALTER TABLE {model._meta.db_table} DROP CONSTRAINT "{constraint}"')


def take_back(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for statement in BACKWARDS:
        schema_editor.execute(statement)
    for name, column in IMPLIED:
        model = apps.get_model("store", name)
        field = model._meta.get_field(column.removesuffix("_id"))
        schema_editor.execute(schema_editor._create_fk_sql(model, field, "_fk_%(to_table)s_%(to_column)s"))


class Migration(migrations.Migration):
    dependencies = [("store", "0002_lean_indexes")]
    operations = [migrations.RunPython(promise, take_back)]
