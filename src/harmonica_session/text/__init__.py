"""Texts, whatever they are about: reading, showing and comparing them, and keeping keys out."""
