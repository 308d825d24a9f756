UPDATE store_question SET answer = ?, answered_by_id = ?, answered_at = ? WHERE org_id = ? AND run_id = ? AND number = ?
