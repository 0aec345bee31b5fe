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
LONGEST_SECONDS = 1800  # somebody compiles for ever


def run_worker(kernel, options):
    """Benchmark one kernel in a fresh process with an empty cache; give its result."""
    command = [sys.executable, "-m", "benchmarks.worker", kernel, "--rounds", str(options.rounds)]
    command += ["--competitors", *options.competitors]
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
    parser.add_argument("--list", action="store_true", help="list the kernels")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all the figures there")
    parser.add_argument("--markdown", action="store_true", help="print the table as markdown")
    options = parser.parse_args()
    unknown = sorted(set(options.kernels) - set(KERNELS))
    if unknown:
        parser.error(f"no such kernel: {', '.join(unknown)} (there are {', '.join(KERNELS)})")
    return options


def main():
    options = parse_options()
    if options.list:
        print("\n".join(KERNELS))
        return 0
    results = []
    failed = []
    for kernel in options.kernels or KERNELS:
        print(f"{kernel} ...", file=sys.stderr, flush=True)
        try:
            results.append(run_worker(kernel, options))
        except subprocess.CalledProcessError as error:
            failed.append(f"{kernel}: the worker ended with status {error.returncode}")
        except subprocess.TimeoutExpired as error:
            failed.append(f"{kernel}: the worker was stopped after {error.timeout:.0f} s")
    if results:
        print(table(results, options.markdown))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
