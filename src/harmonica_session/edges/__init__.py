"""The outside worlds, each with a room of its own: network, services, runner and files."""
