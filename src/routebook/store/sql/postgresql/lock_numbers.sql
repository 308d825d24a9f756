SELECT 1 FROM store_organisation WHERE id = %(org)s::bigint FOR NO KEY UPDATE
