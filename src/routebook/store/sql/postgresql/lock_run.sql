SELECT 1 FROM store_run WHERE org_id = %(org)s AND (id = %(id)s OR number = %(number)s) FOR NO KEY UPDATE
