"""The nouns of both services: what Harmonica and GitHub speak of."""
