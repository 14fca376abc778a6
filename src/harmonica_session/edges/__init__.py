"""The three outside worlds: the runner, Harmonica and GitHub."""
