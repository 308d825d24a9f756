UPDATE store_organisation SET next_run = next_run + 1 WHERE id = ? AND next_run = ?
