"""How everything written by hand is compiled."""

from numba import njit

# Contraction (a * b + c in one instruction) and reassociated sums, which let reductions use vector
# instructions; no other liberty with floating point.
compiled = njit(error_model="numpy", fastmath={"contract", "reassoc"})
