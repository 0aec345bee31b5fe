"""Transformations of programs of the core language."""
