-- What mostly changes of a task, and nothing else: SQLite checks and indexes every column again that is named.
UPDATE store_task SET status = ?, done_by_id = ?, outcome = ?, closed_at = ? WHERE run_id = ? AND number = ? AND org_id = ?
