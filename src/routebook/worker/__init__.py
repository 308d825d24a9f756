"""The clock's door: what has to happen without anybody clicking. Tells people, and sends their mail."""
