"""The consumer's files, in the workspace or at a revision."""
