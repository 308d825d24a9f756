"""What only PostgreSQL can promise, and what only it needs.

Composite foreign keys: a run's process, a task's run and an event's run are of the same organisation, whatever
the code above does. And room on the pages of the two tables whose rows change in place, so that an update
needs no new index entries.
"""

from collections.abc import Callable
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


def on_postgresql(statements: tuple[str, ...]) -> Callable[[Any, Any], None]:
    def run(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("store", "0002_lean_indexes")]
    operations = [migrations.RunPython(on_postgresql(FORWARDS), on_postgresql(BACKWARDS))]
