"""Benchmarks of gradients; run them with ``tools/bench``."""
