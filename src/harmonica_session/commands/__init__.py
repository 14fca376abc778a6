"""The words that a user types, each with its flow."""
