INSERT INTO store_search (org_id, kind, thing, face, audience, scopes, state, place, title, folded, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
