INSERT INTO store_question (org_id, run_id, task, number, sop_id, text, asked_by_id, asked_at, to_id, answer)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '')
