"""The benchmark: the action beside other ways to do the same; it must not be run as a test."""
