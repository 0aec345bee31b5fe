"""The benchmarks: one module each, named as its program, with a ``KERNEL`` inside."""

NAMES = (
    "jacobi_2d",
    "gauss_seidel",
    "nbody",
    "haversine",
    "mlp",
    "recurrence",
    "rosenbrock",
)
