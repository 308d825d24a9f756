UPDATE store_run SET status = ?, ended_at = ?, seq = ?, head = ?, snapshot = ? WHERE id = ? AND org_id = ? AND seq = ?
