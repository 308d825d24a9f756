-- The status stays out of it: SQLite writes an index again for every column that is named, changed or not.
UPDATE store_run SET seq = ?, head = ?, snapshot = ? WHERE id = ? AND org_id = ? AND seq = ?
