-- One statement: takes the run's number and writes the run, or, where somebody else took that number or the run's id
-- since they were read, writes nothing. What PostgreSQL answers is the number of lines that the record got.
-- rows(…) stands for as many VALUES as there are.
WITH taken AS (
  UPDATE store_organisation SET next_run = next_run + 1
   WHERE id = %(org)s::bigint AND next_run = %(number)s::int AND NOT EXISTS (SELECT 1 FROM store_run WHERE id = %(run)s::varchar)
  RETURNING id
),
run AS (
  INSERT INTO store_run (id, org_id, number, name, process_id, version_id, owner_id, status, due, started_at, ended_at,
                         seq, head, snapshot)
  SELECT %(run)s::varchar, taken.id, %(number)s::int, %(name)s::varchar, %(process)s::bigint, %(version)s::bigint, %(owner)s::bigint, %(status)s::varchar, %(due)s::timestamptz,
         %(started_at)s::timestamptz, %(ended_at)s::timestamptz, %(seq)s::int, %(head)s, %(snapshot)s
    FROM taken
  RETURNING id, org_id
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
entry AS (
  INSERT INTO store_search (org_id, kind, thing, face, audience, scopes, state, place, title, folded, body, title_words, words)
  SELECT run.org_id, x.kind, x.thing, x.face, x.audience, x.scopes, x.state, x.place, x.title, x.folded, x.body,
         x.title_words, x.words
    FROM run, rows(entries)
           AS x(org_id bigint, kind text, thing text, face text, audience text, scopes text, state text, place text, title text,
                folded text, body text, title_words tsvector, words tsvector)
)
INSERT INTO store_event (org_id, run_id, stream, seq, name, version, actor, at, command, n, salt, payload, digest, hash)
SELECT run.org_id, run.id, 'run:' || run.id, x.seq, x.name, x.version, %(actor)s::varchar, %(at)s::timestamptz, %(command)s::varchar, x.n, x.salt,
       x.payload, x.digest, x.hash
  FROM run, rows(events)
         AS x(seq int, name text, version int, n int, salt text, payload text, digest text, hash text)
