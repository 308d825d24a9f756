INSERT INTO store_outbox (org_id, next_due, created_at, kind, key, payload, attempts, error)
VALUES (?, ?, ?, ?, ?, ?, 0, '')
