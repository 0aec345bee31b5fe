"""The objectives, as their author would type them: whole arrays first, then loops over numbers."""
