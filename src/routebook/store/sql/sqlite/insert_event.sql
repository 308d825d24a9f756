INSERT INTO store_event (org_id, run_id, stream, seq, name, version, actor, at, command, n, salt, payload, digest, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
