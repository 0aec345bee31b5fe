"""Running generated modules: as they stand under NumPy, or compiled by Numba."""
