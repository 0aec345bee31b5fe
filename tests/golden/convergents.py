"""Starred targets, and names that change places: the value of a continued fraction."""

import numpy as np


def convergents(terms):
    first, *rest = terms
    p, q = first, 1.0
    p_before, q_before = 1.0, 0.0
    for term in rest:
        p, p_before = term * p + p_before, p
        q, q_before = term * q + q_before, q
    return p / q


ARGS = ([1.2, 0.7, 2.1, 1.6],)
