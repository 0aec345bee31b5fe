"""Time gradients of small programs: srcad, jax, autograd, and adjoints written by hand.

Every kernel runs in a process of its own, on one core. Times are medians of process CPU time over
interleaved rounds; every gradient is checked before it is timed. docs/benchmarks.md has the method.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.adbench import report as adbench_report
from benchmarks.adbench.problems import PROBLEMS
from benchmarks.kernels import KERNELS
from benchmarks.report import table

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}
ADBENCH = {f"adbench_{name}": name for name in PROBLEMS}
NAMES = (*KERNELS, *ADBENCH)
LONGEST_SECONDS = 1800  # somebody compiles for ever


def worker(name, options):
    """Give the module that benchmarks a kernel, or a problem of ADBench, and its arguments."""
    if name in ADBENCH:
        data = [] if options.data is None else ["--data", str(options.data)]
        return ["benchmarks.adbench.worker", ADBENCH[name], *data]
    return ["benchmarks.worker", name, "--competitors", *options.competitors]


def run_worker(name, options):
    """Benchmark something in a fresh process with an empty cache; give its result."""
    module, *arguments = worker(name, options)
    command = [sys.executable, "-m", module, *arguments, "--rounds", str(options.rounds)]
    with tempfile.TemporaryDirectory() as cache:
        environment = {
            **os.environ,
            **ONE_THREAD,
            "SRCAD_CACHE_DIR": cache,
            "XDG_CACHE_HOME": cache,
        }
        finished = subprocess.run(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=LONGEST_SECONDS,
        )
    return json.loads(finished.stdout)


def parse_options():
    parser = argparse.ArgumentParser(
        prog="tools/bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "kernels", nargs="*", metavar="kernel", help="which ones (default: all; --list)"
    )
    parser.add_argument("--rounds", type=int, default=9, help="interleaved rounds (default: 9)")
    parser.add_argument(
        "--competitors",
        nargs="+",
        default=[],
        metavar="name",
        help='only those whose names begin so: numba, jax, autograd, srcad, "srcad numba";\n'
        "the NumPy primal and the adjoints by hand always take part, as referees",
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="the data folder of ADBench (default: made-up inputs of the same sizes)",
    )
    parser.add_argument("--list", action="store_true", help="list the kernels")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all the figures there")
    parser.add_argument("--markdown", action="store_true", help="print the table as markdown")
    options = parser.parse_args()
    unknown = sorted(set(options.kernels) - set(NAMES))
    if unknown:
        parser.error(f"no such kernel: {', '.join(unknown)} (there are {', '.join(NAMES)})")
    return options


def main():
    options = parse_options()
    if options.list:
        print("\n".join(NAMES))
        return 0
    results = []
    adbench = []
    failed = []
    for kernel in options.kernels or NAMES:
        print(f"{kernel} ...", file=sys.stderr, flush=True)
        try:
            result = run_worker(kernel, options)
            if kernel in ADBENCH:
                adbench += result
            else:
                results.append(result)
        except subprocess.CalledProcessError as error:
            failed.append(f"{kernel}: the worker ended with status {error.returncode}")
        except subprocess.TimeoutExpired as error:
            failed.append(f"{kernel}: the worker was stopped after {error.timeout:.0f} s")
    if results:
        print(table(results, options.markdown))
    if adbench:
        print("\n" * bool(results) + adbench_report.table(adbench, options.markdown))
    if options.json:
        options.json.write_text(json.dumps(results + adbench, indent=1) + "\n")
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
