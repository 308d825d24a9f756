INSERT INTO store_task (org_id, run_id, number, step, attempt, status, assignee_id, done_by_id, level, review_of, sop_id,
                        variation, outcome, due, opened_at, started_at, closed_at, blocked_on, blocked_why, blocked_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (org_id, run_id, number) DO UPDATE SET
  attempt = excluded.attempt,
  assignee_id = excluded.assignee_id,
  done_by_id = CASE WHEN excluded.status IN (store_task.status, 'returned', 'cancelled') THEN store_task.done_by_id
                    ELSE excluded.done_by_id END,
  status = excluded.status,
  level = excluded.level,
  sop_id = excluded.sop_id,
  variation = excluded.variation,
  outcome = excluded.outcome,
  due = excluded.due,
  started_at = CASE WHEN excluded.started_at IS NULL THEN NULL
                    ELSE coalesce(store_task.started_at, excluded.started_at) END,
  closed_at = CASE WHEN excluded.closed_at IS NULL THEN NULL
                   ELSE coalesce(store_task.closed_at, excluded.closed_at) END,
  blocked_why = CASE WHEN excluded.blocked_on = '' THEN ''
                     ELSE coalesce(nullif(excluded.blocked_why, ''), store_task.blocked_why) END,
  blocked_on = excluded.blocked_on,
  blocked_at = excluded.blocked_at
