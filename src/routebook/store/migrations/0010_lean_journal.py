"""Fewer pages to write at every completion.

A command's id is looked up by its first line alone, so only that has an entry in the index. And on SQLite the three
tables that every completion writes give up AUTOINCREMENT, which makes each insertion look through a table of counters
and write one: nothing remembers the id of a line, a task or a notice that is gone.
"""

from typing import Any

from django.db import migrations, models
from django.db.models import Q

TABLES = ("store_event", "store_task", "store_outbox")
NUMBERED = '"id" integer NOT NULL PRIMARY KEY'


def stop_counting(apps: Any, schema_editor: Any) -> None:
    for table in TABLES:
        remake(schema_editor, table, f"{NUMBERED} AUTOINCREMENT", NUMBERED)


def count_again(apps: Any, schema_editor: Any) -> None:
    for table in TABLES:
        remake(schema_editor, table, NUMBERED, f"{NUMBERED} AUTOINCREMENT")


def remake(schema_editor: Any, table: str, old: str, new: str) -> None:
    """Make a table of SQLite's anew with another first column, and move its rows. Nothing refers to these tables."""
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT type, sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL", [table])
        found = cursor.fetchall()
        create = next(sql for kind, sql in found if kind == "table")
        indexes = [sql for kind, sql in found if kind == "index"]
        cursor.execute(f"PRAGMA table_info({table})")
        columns = ", ".join(f'"{row[1]}"' for row in cursor.fetchall())
    if old not in create:
        raise ValueError(f"{table} has another shape than expected: {create}")
    moved = f"new__{table}"
    schema_editor.execute(create.replace(f'"{table}"', f'"{moved}"', 1).replace(old, new, 1))
    schema_editor.execute(f'INSERT INTO "{moved}" ({columns}) SELECT {columns} FROM "{table}"')
    schema_editor.execute(f'DROP TABLE "{table}"')
    schema_editor.execute(f'ALTER TABLE "{moved}" RENAME TO "{table}"')
    for index in indexes:
        schema_editor.execute(index)


class Migration(migrations.Migration):
    dependencies = [("store", "0009_notices")]
    operations = [
        migrations.RemoveConstraint(model_name="event", name="event_command"),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(
                fields=("org", "stream", "command"), condition=Q(n=0), name="event_command"
            ),
        ),
        migrations.RunPython(stop_counting, count_again),
    ]
