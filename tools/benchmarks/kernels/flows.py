"""Flow in a cavity, and in a channel until it is steady (that adjoint nobody wrote by hand)."""

from benchmarks.by_hand import flows as by_hand
from benchmarks.kernel import Kernel
from benchmarks.programs import flows


def cavity(generator, n, steps, sweeps):
    u, v, p = (0.1 * generator.standard_normal((n, n)) for _ in range(3))
    return u, v, p, steps, sweeps, 0.001, 1.0, 0.1


def channel(generator, n, sweeps):
    u = 0.1 + 0.02 * generator.standard_normal((n, n))
    v, p = (0.02 * generator.standard_normal((n, n)) for _ in range(2))
    u[[0, -1]] = v[[0, -1]] = 0.0
    return u, v, p, 1.0, sweeps, 0.005, 1.0, 0.1, 0.02


KERNELS = (
    Kernel(
        program=flows.cavity_flow,
        family="loop",
        style="slices",
        make_arguments=cavity,
        sizes={
            "timed": {"n": 81, "steps": 40, "sweeps": 10},
            "small": {"n": 6, "steps": 3, "sweeps": 3},
        },
        differentiated=(0, 1, 2),
        written=(0, 1, 2),
        numba_primal=by_hand.cavity_flow_primal,
        hand={"gather": by_hand.cavity_flow},
        in_jax=("flows.cavity_flow",),
    ),
    Kernel(
        program=flows.channel_flow,
        family="loop",
        style="slices",
        make_arguments=channel,
        sizes={"timed": {"n": 41, "sweeps": 10}, "small": {"n": 7, "sweeps": 3}},
        differentiated=(0, 1, 2),
        written=(0, 1, 2),
    ),
)
