INSERT INTO store_search_words (rowid, scopes, title, body) VALUES (?, ?, ?, ?)
