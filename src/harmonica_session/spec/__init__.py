"""The session spec: from the file to a request that is checked and filled in."""
