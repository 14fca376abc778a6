"""Compares what the action relies on with the published description of Harmonica's API."""
