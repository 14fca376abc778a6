"""The session: which one is meant, what becomes of it, and who is told."""
