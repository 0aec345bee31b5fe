"""Time one of ADBench's problems in a process of its own; the result goes out as JSON."""

import argparse
import contextlib
import functools
import json
import sys
import time
from pathlib import Path

import srcad
from benchmarks.adbench import checks
from benchmarks.adbench.problems import PROBLEMS
from benchmarks.timing import interleave
from benchmarks.worker import pin_to_one_core

# Under NumPy, loops over numbers take seconds; their adjoints are for Numba.
ENGINES = {"arrays": ("numpy", "numba"), "loops": ("numba",), "one by one": ("numba",)}


def checked_jacobian(problem, prepare, engine):
    """Make a Jacobian ready, and compare it with differences on a small input."""
    jacobian = prepare(functools.partial(srcad.differentiable, engine=engine))
    small = problem.small_input()
    expected = checks.differences(problem.primal, small, problem.varied)
    checks.check(checks.dense(jacobian(small), small), expected, checks.TOLERANCE)
    return jacobian


def candidates(problem, given, report):
    """Give the calls to time by name; why others are missing is reported."""
    calls = {
        "numpy": functools.partial(problem.primal, given),
        "numba": functools.partial(problem.numba_primal, given),
    }
    checks.check(calls["numba"](), calls["numpy"](), checks.AGREEMENT)
    report |= {name: {} for name in calls}
    agreed = None
    for style, prepare in problem.jacobians.items():
        for engine in ENGINES[style]:
            name = f"{style}, {engine}"
            try:
                cpu = time.process_time()
                jacobian = checked_jacobian(problem, prepare, engine)
                report[name] = {"compile": time.process_time() - cpu}
                found = checks.entries(jacobian(given))
                agreed = found if agreed is None else agreed
                checks.check(found, agreed, checks.AGREEMENT)
                calls[name] = functools.partial(jacobian, given)
            except Exception as error:
                lines = str(error).strip().splitlines() or [""]
                report[name] = {"failure": f"{type(error).__name__}: {lines[0]}"}
    return calls


def benchmark(name, rounds, data):
    """Time a problem on each of its inputs."""
    problem = PROBLEMS[name]
    results = []
    for size in problem.sizes:
        report = {}
        calls = candidates(problem, problem.input(size, data), report)
        for candidate, times in interleave(calls, rounds).items():
            report[candidate] |= times
        results.append({"problem": name, "size": size, "candidates": report})
        if len(results) > 1:  # it was compiled for the first input
            for times in report.values():
                times.pop("compile", None)
    return results


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("problem", choices=PROBLEMS)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    pin_to_one_core()
    with contextlib.redirect_stdout(sys.stderr):
        results = benchmark(options.problem, options.rounds, options.data)
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
