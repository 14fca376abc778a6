"""The set-up: finds a Python, provides the libraries, and starts the package."""
