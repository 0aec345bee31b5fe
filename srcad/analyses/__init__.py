"""Facts about programs."""
