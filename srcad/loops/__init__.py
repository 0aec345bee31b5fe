"""The loop level: array statements as loop nests over scalars, for Numba to compile."""
