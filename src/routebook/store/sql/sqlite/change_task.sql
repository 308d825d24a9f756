UPDATE store_task SET
  attempt = :attempt,
  assignee_id = :assignee,
  done_by_id = CASE WHEN :status IN (status, 'returned', 'cancelled') THEN done_by_id ELSE :done_by END,
  status = :status,
  level = :level,
  sop_id = :sop,
  variation = :variation,
  outcome = :outcome,
  due = :due,
  started_at = CASE WHEN :started_at IS NULL THEN NULL ELSE coalesce(started_at, :started_at) END,
  closed_at = CASE WHEN :closed_at IS NULL THEN NULL ELSE coalesce(closed_at, :closed_at) END,
  blocked_why = CASE WHEN :blocked_on = '' THEN '' ELSE coalesce(nullif(:blocked_why, ''), blocked_why) END,
  blocked_on = :blocked_on,
  blocked_at = :blocked_at
 WHERE run_id = :run AND number = :number AND org_id = :org
