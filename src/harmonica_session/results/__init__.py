"""What came out of a session that was announced: asked for, told where it may be, followed up."""
