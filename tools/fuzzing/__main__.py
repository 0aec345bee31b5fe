"""Try random programs: srcad against plain Python, finite differences, and itself.

Every program is differentiated at the array level, and its loop level is run without compiling it;
one program in every few is compiled, too. A failure is shrunk and printed as an entry of the corpus
in tests/programs. The same seed gives the same programs and the same failures.
"""

import argparse
import os
import sys
import tempfile
import time


def parse_options(given=None):
    parser = argparse.ArgumentParser(
        prog="tools/fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="the first one (0)")
    parser.add_argument("--programs", type=int, metavar="N", help="how many (200, or no end)")
    parser.add_argument("--seconds", type=float, metavar="S", help="stop after so long")
    parser.add_argument(
        "--compile", type=int, default=20, metavar="EVERY", help="one in so many (20; 0: none)"
    )
    parser.add_argument("--keep-going", action="store_true", help="after 10 failures, too")
    return parser.parse_args(given)


def main(given=None):
    options = parse_options(given)
    with tempfile.TemporaryDirectory() as cache:
        os.environ["SRCAD_CACHE_DIR"] = cache
        from fuzzing.run import run  # srcad looks at the environment when it is imported

        many = options.programs
        if many is None:
            many = 200 if options.seconds is None else sys.maxsize
        most = sys.maxsize if options.keep_going else 10
        start = time.monotonic()

        def late():
            return options.seconds is not None and time.monotonic() - start > options.seconds

        report, after = run(options.seed, many, options.compile, late, most, print)
    print(report.summary(options.seed, after, time.monotonic() - start))
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
