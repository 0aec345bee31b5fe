"""The benchmarks: what they compare is right, whoever made it."""

import numpy as np
import pytest
from benchmarks import checks, report
from benchmarks.competitors import competitors
from benchmarks.kernels import KERNELS
from benchmarks.worker import first_result


def taking_part(kernel, name):
    return [found for found in competitors(kernel) if found.name.startswith(name)]


def check_all(kernel, competitors):
    value = first_result(taking_part(kernel, "numpy")[0], kernel, "small")[1]
    for competitor in competitors:
        result = first_result(competitor, kernel, "small")[1]
        if competitor.is_primal:
            checks.check_value(result, float(value))
        else:
            checks.check_value(result[0], float(value))
            checks.check_direction(kernel, kernel.arguments("small"), result[1])


@pytest.mark.parametrize("name", KERNELS)
def test_gradients_at_the_array_level(name):
    kernel = KERNELS[name]
    check_all(kernel, taking_part(kernel, "srcad numpy"))


@pytest.mark.slow
@pytest.mark.parametrize("name", KERNELS)
def test_gradients_at_the_loop_level(name):
    kernel = KERNELS[name]
    check_all(kernel, taking_part(kernel, "srcad numba"))


# In both styles the primal and the adjoints by hand are the same.
@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in KERNELS if KERNELS[name].style == "slices"])
def test_what_was_written_by_hand(name):
    kernel = KERNELS[name]
    check_all(kernel, [*taking_part(kernel, "numba"), *taking_part(kernel, "hand")])


@pytest.mark.parametrize("name", [name for name in KERNELS if name.endswith("_loops")])
def test_both_styles_are_one_algorithm(name):
    in_slices, in_loops = KERNELS[name.removesuffix("_loops")], KERNELS[name]
    arguments = in_slices.arguments("small")
    assert in_slices.program(*arguments) == pytest.approx(
        in_loops.program(*in_loops.arguments("small")), rel=1e-12
    )


def test_a_wrong_gradient_is_not_timed():
    kernel = KERNELS["atax"]
    arguments = kernel.arguments("small")
    a_bar, x_bar = np.zeros_like(arguments[0]), np.zeros_like(arguments[1])
    with pytest.raises(checks.WrongResultError):
        checks.check_direction(kernel, arguments, (a_bar, x_bar))


def test_means_are_of_the_ratios_of_each_family():
    def result(kernel, family, hand, srcad):
        times = {"hand a": hand, "hand b": 2 * hand, "srcad numba": srcad}
        return {
            "kernel": kernel,
            "family": family,
            "style": "slices",
            "competitors": {name: {"cpu": {"median": time}} for name, time in times.items()},
        }

    results = [result("f", "loop", 1.0, 2.0), result("g", "loop", 1.0, 8.0)]
    rows = {row[0]: row[1] for row in report.means([*results, result("h", "blas", 1.0, 1.0)])}
    assert rows["loops and stencils, in slices"] == "4.00 of 2 (worst 8.00, g)"
    assert rows["products of matrices, in slices"] == "1.00 of 1 (worst 1.00, h)"
    assert rows["all"] == "2.52 of 3 (worst 8.00, g)"
