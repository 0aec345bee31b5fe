"""Benchmark one kernel in a process of its own; the result goes to standard output as JSON."""

import argparse
import contextlib
import copy
import json
import os
import sys
import time

from benchmarks import checks
from benchmarks.competitors import competitors
from benchmarks.kernels import KERNELS
from benchmarks.timing import interleave


def pin_to_one_core():
    """Stay on one core, the last one that this process may use."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def first_result(competitor, kernel, size):
    """Prepare a competitor and call it once; give its call, its result and that call's times."""
    originals = kernel.arguments(size)
    arguments = copy.deepcopy(originals)  # its own: one that spoils them spoils nobody else's
    call = competitor.prepare(kernel, arguments)
    wall, cpu = time.perf_counter(), time.process_time()
    result = call()
    times = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    checks.check_unchanged(arguments, originals)
    return call, result, times


class Referee:
    """Admits to the timing whoever computes the right thing."""

    def __init__(self, kernel):
        self.kernel = kernel
        self.expected_value = None
        self.expected_gradients = None

    def admit(self, competitor):
        """Check a competitor; give its call and the times that its first call took."""
        call, result, times = first_result(competitor, self.kernel, "timed")
        if competitor.is_primal:
            self.check_value(result)
            return call, times
        value, gradients = result
        self.check_value(value)
        _, (_, small_gradients), _ = first_result(competitor, self.kernel, "small")
        checks.check_direction(self.kernel, self.kernel.arguments("small"), small_gradients)
        if self.expected_gradients is None:
            self.expected_gradients = copy.deepcopy(gradients)
        checks.check_gradients(gradients, self.expected_gradients)
        return call, times

    def check_value(self, value):
        if self.expected_value is None:
            self.expected_value = float(value)
        checks.check_value(value, self.expected_value)


def benchmark(name, rounds, wanted):
    """Benchmark a kernel; ``wanted`` are the beginnings of competitors' names, empty for all."""
    kernel = KERNELS[name]
    referee = Referee(kernel)
    calls = {}
    report = {}
    for competitor in competitors(kernel):
        judge = competitor.name == "numpy" or competitor.name.startswith("hand")
        if wanted and not judge and not competitor.name.startswith(wanted):
            continue
        try:
            calls[competitor.name], times = referee.admit(competitor)
            report[competitor.name] = {"first_call": times}
        except Exception as error:
            lines = str(error).strip().splitlines() or [""]
            report[competitor.name] = {"failure": f"{type(error).__name__}: {lines[0]}"}
    for competitor_name, times in interleave(calls, rounds).items():
        report[competitor_name] |= times
    return {
        "kernel": name,
        "family": kernel.family,
        "style": kernel.style,
        "size": dict(kernel.sizes["timed"]),
        "competitors": report,
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kernel")
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--competitors", nargs="*", default=[])
    options = parser.parse_args()
    pin_to_one_core()
    with contextlib.redirect_stdout(sys.stderr):
        result = benchmark(options.kernel, options.rounds, tuple(options.competitors))
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
