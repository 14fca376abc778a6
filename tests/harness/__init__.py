"""What several test folders need; it must hold no test."""
