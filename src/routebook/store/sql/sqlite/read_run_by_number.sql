-- Everything that one command on a run needs, in one read: where the run stands, whether this command was
-- carried out before, whether the actor still belongs here, and the number that says which facts are current.
SELECT r.id, r.number, r.seq, r.head, r.snapshot, r.process_id, r.version_id, v.content_hash, o.facts, m.access,
       (SELECT e.seq FROM store_event e
         WHERE e.org_id = r.org_id AND e.stream = 'run:' || r.id AND e.command = :command AND e.n = 0)
  FROM store_run r
  JOIN store_organisation o ON o.id = r.org_id
  JOIN store_version v ON v.id = r.version_id
  LEFT JOIN store_member m ON m.id = :member AND m.org_id = r.org_id AND m.active
 WHERE r.org_id = :org AND r.number = :run
