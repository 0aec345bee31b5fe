"""Factorisations and triangular solves, element by element."""

import numpy as np

from benchmarks.by_hand import factorisations as by_hand
from benchmarks.compiled import compiled
from benchmarks.kernel import Kernel
from benchmarks.programs import factorisations


def positive_definite(generator, n):
    a = generator.standard_normal((n, n))
    return (a @ a.T / n + np.eye(n),)


def dominant(generator, n):
    return (generator.standard_normal((n, n)) + n * np.eye(n),)


def triangular(generator, n):
    return (
        np.tril(generator.standard_normal((n, n))) / np.sqrt(n) + np.diag(np.full(n, 2.0)),
        generator.standard_normal(n),
    )


def autocorrelation(generator, n):
    r = generator.uniform(-1.0, 1.0, n) / np.arange(1, n + 1) ** 1.5
    return (0.8 * r / np.sum(np.abs(r)),)


def columns(generator, m, n):
    return (generator.standard_normal((m, n)),)


cholesky = Kernel(
    program=factorisations.cholesky,
    family="loop",
    style="slices",
    make_arguments=positive_definite,
    sizes={"timed": {"n": 200}, "small": {"n": 6}},
    differentiated=(0,),
    written=(0,),
    numba_primal=compiled(factorisations.cholesky_loops),
    hand={"rows": by_hand.cholesky},
    in_jax=("factorisations.cholesky",),
)
lu = Kernel(
    program=factorisations.lu,
    family="loop",
    style="slices",
    make_arguments=dominant,
    sizes={"timed": {"n": 150}, "small": {"n": 6}},
    differentiated=(0,),
    written=(0,),
    numba_primal=compiled(factorisations.lu_loops),
    hand={"rows": by_hand.lu},
    in_jax=("factorisations.lu", "factorisations.lu_lapack"),
)
trisolv = Kernel(
    program=factorisations.trisolv,
    family="loop",
    style="slices",
    make_arguments=triangular,
    sizes={"timed": {"n": 2000}, "small": {"n": 6}},
    differentiated=(0, 1),
    numba_primal=compiled(factorisations.trisolv_loops),
    hand={"rows": by_hand.trisolv},
    in_jax=("factorisations.trisolv",),
)
durbin = Kernel(
    program=factorisations.durbin,
    family="loop",
    style="slices",
    make_arguments=autocorrelation,
    sizes={"timed": {"n": 1000}, "small": {"n": 7}},
    differentiated=(0,),
    numba_primal=compiled(factorisations.durbin_loops),
    hand={"triangle": by_hand.durbin_triangle, "undone": by_hand.durbin_undone},
    in_jax=("factorisations.durbin",),
)
gramschmidt = Kernel(
    program=factorisations.gramschmidt,
    family="loop",
    style="slices",
    make_arguments=columns,
    sizes={"timed": {"m": 120, "n": 100}, "small": {"m": 6, "n": 4}},
    differentiated=(0,),
    written=(0,),
    numba_primal=compiled(factorisations.gramschmidt_loops),
    hand={"transposed": by_hand.gramschmidt},
    in_jax=("factorisations.gramschmidt", "factorisations.gramschmidt_qr"),
)

KERNELS = (
    cholesky,
    cholesky.in_loops(factorisations.cholesky_loops, n=100),
    lu,
    lu.in_loops(factorisations.lu_loops, n=80),
    trisolv,
    trisolv.in_loops(factorisations.trisolv_loops, n=500),
    durbin,
    durbin.in_loops(factorisations.durbin_loops, n=400),
    gramschmidt,
    gramschmidt.in_loops(factorisations.gramschmidt_loops, m=60, n=50),
)
