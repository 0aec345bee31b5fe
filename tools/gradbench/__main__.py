"""Run srcad as a tool of GradBench: messages come on standard input, responses go to the output."""

import argparse
import functools
import sys

import srcad
from gradbench.protocol import Session


def main():
    parser = argparse.ArgumentParser(prog="tools/gradbench/run", description=__doc__)
    parser.add_argument(
        "--engine",
        choices=("auto", "numba", "numpy"),
        default="auto",
        help="what runs the adjoints (default: auto, which compiles what it can)",
    )
    options = parser.parse_args()
    session = Session(functools.partial(srcad.differentiable, engine=options.engine))
    session.serve(sys.stdin, sys.stdout)


if __name__ == "__main__":
    main()
