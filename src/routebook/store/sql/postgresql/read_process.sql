-- What starting a run needs: the version that is published now, the next free number, and, where the run's id
-- is known already, which organisation it belongs to.
SELECT d.id, d.status, d.published_id, v.content_hash, o.facts, o.next_run, m.access,
       (SELECT r.org_id FROM store_run r WHERE r.id = %(run)s::varchar)
  FROM store_organisation o
  LEFT JOIN store_member m ON m.id = %(member)s::bigint AND m.org_id = o.id AND m.active
  LEFT JOIN store_document d ON d.id = %(process)s::bigint AND d.org_id = o.id AND d.kind = 'process'
  LEFT JOIN store_version v ON v.id = d.published_id
 WHERE o.id = %(org)s::bigint
