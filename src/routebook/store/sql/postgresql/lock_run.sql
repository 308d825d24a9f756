SELECT 1 FROM store_run WHERE org_id = %(org)s::bigint AND (id = %(id)s::varchar OR number = %(number)s::int) FOR NO KEY UPDATE
