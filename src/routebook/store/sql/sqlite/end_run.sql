UPDATE store_run SET seq = ?, head = ?, snapshot = ?, status = ?, ended_at = ? WHERE id = ? AND org_id = ? AND seq = ?
