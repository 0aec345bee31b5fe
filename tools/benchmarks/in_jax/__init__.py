"""The programs as a jax user writes them: no updates in place, scans for loops.

Imported only to take part: jax need not be there.
"""
