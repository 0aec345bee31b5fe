"""Interleaved timing: every round runs every competitor once, so that all see the same weather."""

import gc
import statistics
import time

SAMPLE_SECONDS = 0.02  # a sample repeats short calls until it takes about this long
PATIENCE_SECONDS = 4.0  # slow competitors sit out rounds to stay near this, but see three


def timed(call, repeats):
    """Give the CPU and wall seconds of one call, the mean of so many repeats."""
    wall = time.perf_counter()
    cpu = time.process_time()
    for _ in range(repeats):
        call()
    cpu = time.process_time() - cpu
    wall = time.perf_counter() - wall
    return cpu / repeats, wall / repeats


def interleave(calls, rounds):
    """Time ``{name: call}``; give ``{name: {"cpu": ..., "wall": ...}}``, medians and minima."""
    repeats = {}
    rounds_of = {}
    samples = {name: [] for name in calls}
    for name, call in calls.items():
        _, seconds = timed(call, 1)
        if seconds < PATIENCE_SECONDS / 40:
            _, seconds = timed(call, 3)
        repeats[name] = max(1, int(SAMPLE_SECONDS / seconds))
        sample = seconds * repeats[name]
        rounds_of[name] = min(rounds, max(3, int(PATIENCE_SECONDS / sample)))
    gc.collect()
    gc.disable()
    for round_number in range(rounds):
        for name, call in calls.items():
            if round_number < rounds_of[name]:
                samples[name].append(timed(call, repeats[name]))
    gc.enable()
    return {
        name: {
            clock: {"median": statistics.median(seconds), "min": min(seconds)}
            for clock, seconds in zip(("cpu", "wall"), zip(*pairs, strict=True), strict=True)
        }
        for name, pairs in samples.items()
    }
