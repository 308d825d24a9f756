INSERT INTO store_task (org_id, run_id, number, step, attempt, status, assignee_id, done_by_id, level, review_of, sop_id,
                        variation, outcome, due, opened_at, started_at, closed_at, blocked_on, blocked_why, blocked_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
