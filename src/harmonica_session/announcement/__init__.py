"""What is posted on GitHub: the text with the link, and the receipt hidden in it."""
