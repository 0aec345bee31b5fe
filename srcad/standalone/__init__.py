"""Derivatives as modules of their own, which need nothing of srcad."""
