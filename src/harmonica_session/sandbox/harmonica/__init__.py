"""The stand-in for Harmonica."""
