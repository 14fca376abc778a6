"""Turns a file in a repository into a facilitated Harmonica conversation."""

__version__ = "1.0.0"
