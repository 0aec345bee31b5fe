"""What generated modules call by name."""
