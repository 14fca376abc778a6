"""HTTP: one request, its repetition, its pace and the time that all of it may take."""
