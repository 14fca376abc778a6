"""What a run tells its user: log, outputs and job summary."""
