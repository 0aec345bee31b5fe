"""Readable, compiled derivatives of plain NumPy programs."""
