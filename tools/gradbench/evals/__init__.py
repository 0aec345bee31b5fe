"""The evals: a module each, whose ``functions`` are what GradBench asks for, by name.

It is called with ``srcad.differentiable`` and its options.
"""

NAMES = (
    "hello",
    "ba",
    "det",
    "gmm",
    "ht",
    "kmeans",
    "llsq",
    "lse",
    "lstm",
    "ode",
    "particle",
    "saddle",
)
