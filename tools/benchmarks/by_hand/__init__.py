"""Adjoints written by hand, the best that we could, for the kernels of one module together.

Each gives ``(value, gradients)``, leaves its arguments alone, and has NumPy allocate what is large:
it asks for huge pages, compiled code does not.
"""
