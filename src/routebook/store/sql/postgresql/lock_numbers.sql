SELECT 1 FROM store_organisation WHERE id = %(org)s FOR NO KEY UPDATE
