"""Django's SQLite backend with one queue for all writers of this process."""
