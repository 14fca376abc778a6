"""Pictures of what people see on GitHub, from real runs; see `__main__.py`."""
