-- What `continue_run` does, and all that rarely happens to a run besides.
-- One statement, so it happens whole or not at all. Where the run has moved on since it was read, `run` is empty
-- and so is everything that is joined to it: nothing is written, not even a line of the record, and their number is
-- what PostgreSQL answers.
-- The rows that change are found by the parameters, not by `run`: a plan made while the tables were small keeps to their
-- indexes then.
-- rows(…) stands for as many VALUES as there are.
WITH run AS (
  UPDATE store_run
     SET status = %(status)s::varchar, ended_at = %(ended_at)s::timestamptz, seq = %(seq)s::int, head = %(head)s, snapshot = %(snapshot)s
   WHERE id = %(run)s::varchar AND org_id = %(org)s::bigint AND seq = %(expected)s::int
  RETURNING id, org_id
),
ended AS (
  UPDATE store_task t SET status = x.status, done_by_id = x.done_by_id, outcome = x.outcome, closed_at = x.closed_at
    FROM run, rows(ended) AS x(number int, status text, done_by_id bigint, outcome text, closed_at timestamptz)
   WHERE t.org_id = %(org)s::bigint AND t.run_id = %(run)s::varchar AND t.number = x.number
),
changed AS (
  UPDATE store_task t SET
    attempt = x.attempt,
    assignee_id = x.assignee_id,
    done_by_id = CASE WHEN x.status IN (t.status, 'returned', 'cancelled') THEN t.done_by_id ELSE x.done_by_id END,
    status = x.status,
    level = x.level,
    sop_id = x.sop_id,
    variation = x.variation,
    outcome = x.outcome,
    due = x.due,
    started_at = CASE WHEN x.started_at IS NULL THEN NULL ELSE coalesce(t.started_at, x.started_at) END,
    closed_at = CASE WHEN x.closed_at IS NULL THEN NULL ELSE coalesce(t.closed_at, x.closed_at) END,
    blocked_why = CASE WHEN x.blocked_on = '' THEN '' ELSE coalesce(nullif(x.blocked_why, ''), t.blocked_why) END,
    blocked_on = x.blocked_on,
    blocked_at = x.blocked_at
    FROM run, rows(changed)
           AS x(number int, step text, attempt int, status text, assignee_id bigint, done_by_id bigint, level text,
                review_of int, sop_id bigint, variation text, outcome text, due timestamptz, opened_at timestamptz,
                started_at timestamptz, closed_at timestamptz, blocked_on text, blocked_why text, blocked_at timestamptz)
   WHERE t.org_id = %(org)s::bigint AND t.run_id = %(run)s::varchar AND t.number = x.number
),
opened AS (
  INSERT INTO store_task (org_id, run_id, number, step, attempt, status, assignee_id, done_by_id, level, review_of, sop_id,
                          variation, outcome, due, opened_at, started_at, closed_at, blocked_on, blocked_why, blocked_at)
  SELECT run.org_id, run.id, x.number, x.step, x.attempt, x.status, x.assignee_id, x.done_by_id, x.level, x.review_of,
         x.sop_id, x.variation, x.outcome, x.due, x.opened_at, x.started_at, x.closed_at, x.blocked_on, x.blocked_why,
         x.blocked_at
    FROM run, rows(opened)
           AS x(number int, step text, attempt int, status text, assignee_id bigint, done_by_id bigint, level text,
                review_of int, sop_id bigint, variation text, outcome text, due timestamptz, opened_at timestamptz,
                started_at timestamptz, closed_at timestamptz, blocked_on text, blocked_why text, blocked_at timestamptz)
),
notice AS (
  INSERT INTO store_outbox (org_id, kind, key, payload, next_due, created_at, attempts, error)
  SELECT run.org_id, x.kind, x.key, x.payload, %(at)s::timestamptz, %(at)s::timestamptz, 0, ''
    FROM run, rows(notices) AS x(kind text, key text, payload text)
),
question AS (
  INSERT INTO store_question (org_id, run_id, task, number, sop_id, text, asked_by_id, asked_at, to_id, answer)
  SELECT run.org_id, run.id, x.task, x.number, x.sop_id, x.text, x.asked_by_id, x.asked_at, x.to_id, ''
    FROM run, rows(questions)
           AS x(task int, number int, sop_id bigint, text text, asked_by_id bigint, asked_at timestamptz, to_id bigint)
),
answer AS (
  UPDATE store_question q SET answer = x.answer, answered_by_id = x.answered_by_id, answered_at = x.answered_at
    FROM run, rows(answers)
           AS x(number int, answer text, answered_by_id bigint, answered_at timestamptz)
   WHERE q.org_id = %(org)s::bigint AND q.run_id = %(run)s::varchar AND q.number = x.number
)
INSERT INTO store_event (org_id, run_id, stream, seq, name, version, actor, at, command, n, salt, payload, digest, hash)
SELECT run.org_id, run.id, 'run:' || run.id, x.seq, x.name, x.version, %(actor)s::varchar, %(at)s::timestamptz, %(command)s::varchar, x.n, x.salt,
       x.payload, x.digest, x.hash
  FROM run, rows(events)
         AS x(seq int, name text, version int, n int, salt text, payload text, digest text, hash text)
