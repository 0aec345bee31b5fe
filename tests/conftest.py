"""What every test shares: one thread, one cache, fixed seeds."""

import gc
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Before anything imports NumPy: test processes with a thread pool each only wait for one another.
for name in ("OMP", "OPENBLAS", "MKL", "NUMBA", "VECLIB_MAXIMUM"):
    os.environ.setdefault(f"{name}_NUM_THREADS", "1")

# Compiled adjoints are kept between runs, in the repo and out of the user's own cache.
os.environ.setdefault("SRCAD_CACHE_DIR", str(ROOT / ".cache" / "srcad"))
Path(os.environ["SRCAD_CACHE_DIR"]).mkdir(mode=0o700, parents=True, exist_ok=True)

import numpy as np  # noqa: E402
from hypothesis import settings  # noqa: E402

from srcad import pipeline  # noqa: E402

# Compiling takes longer than any deadline, and a run must be repeatable.
settings.register_profile("srcad", deadline=None, derandomize=True, database=None)
settings.load_profile("srcad")


def pytest_addoption(parser):
    parser.addoption("--regen", action="store_true", help="write the golden files anew")


@pytest.fixture
def rng():
    """A random generator that gives every test the same numbers, in any order of tests."""
    return np.random.default_rng(20240517)


@pytest.fixture(autouse=True, scope="module")
def forget():
    """Let go of what was compiled for the tests of a file: all of it together takes gigabytes."""
    yield
    pipeline._CACHE.clear()
    gc.collect()


def pytest_ignore_collect(collection_path):
    """Keep --doctest-modules from importing programs and golden files, which are data here."""
    inside = collection_path.is_relative_to(ROOT / "tests")
    if inside and collection_path.suffix == ".py" and not collection_path.name.startswith("test_"):
        return True
    return None


# Compiling each program of the corpus takes most of a full run; a quick one takes every tenth.
COMPILED = ("test_programs.py", "test_mutation_rules.py", "test_rules_in_programs.py")
EVERY = 10


def pytest_collection_modifyitems(items):
    """Mark most of the tests that compile a program of their own as slow.

    The tests of one program of the corpus come after each other: it is compiled once for all.
    """
    count = 0
    for item in items:
        compiles = "numba" in item.nodeid or "engines_agree" in item.nodeid
        if compiles and item.path.name in COMPILED:
            count += 1
            if count % EVERY:
                item.add_marker(pytest.mark.slow)
    corpus = [item for item in items if item.path.name == "test_programs.py"]
    if corpus:
        first = items.index(corpus[0])
        places = {}
        for item in corpus:
            places.setdefault(program_of(item), len(places))
        items[first : first + len(corpus)] = sorted(corpus, key=lambda i: places[program_of(i)])


def program_of(item):
    """The program of the corpus that a test is about."""
    return item.callspec.params.get("name", "") if hasattr(item, "callspec") else ""
