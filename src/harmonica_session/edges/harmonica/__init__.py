"""The Harmonica API."""
