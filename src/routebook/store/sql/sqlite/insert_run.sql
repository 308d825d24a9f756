INSERT INTO store_run (id, org_id, number, name, process_id, version_id, owner_id, status, due, started_at, ended_at,
                       seq, head, snapshot)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
