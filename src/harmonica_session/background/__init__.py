"""What the facilitator is told beforehand: the context, and what is attached."""
