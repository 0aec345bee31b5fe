"""What srcad knows about each primitive: its derivative, declared once, and its shape."""
