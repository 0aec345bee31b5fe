"""What every test shares: one thread, one cache, fixed seeds."""

import gc
import os
import zlib
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
    parser.addoption(
        "--every-program", action="store_true", help="compile the other half of the corpus, too"
    )


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


# Compiling each program of the corpus takes most of a run: the usual one compiles every other, and
# those that were faults once; a quick one every tenth. At the array level, and as text of the loop
# level (tools/fuzz), all of them run.
CORPUS = ("test_programs.py", "test_numba_engine.py")
FAULTS_ONCE = ("found-", "names_of_ours-", "textbook_")
OTHERS = ("test_mutation_rules.py", "test_rules_in_programs.py", "test_textbook.py")
SIGNS = ("numba", "engines_agree", "test_compiled_gradient")
EVERY = 10


def pytest_collection_modifyitems(config, items):
    """Choose the tests that compile a program of their own, and mark most of them as slow.

    The tests of one program of the corpus come after each other: it is compiled once for all.
    """
    count = 0
    left_out = set()
    for item in items:
        if not any(sign in item.nodeid for sign in SIGNS):
            continue
        if item.path.name in OTHERS:
            count += 1
            if count % EVERY:
                item.add_marker(pytest.mark.slow)
        name = program_of(item)
        if item.path.name in CORPUS and name:
            number = zlib.crc32(name.encode())
            if number % EVERY:
                item.add_marker(pytest.mark.slow)
            if number % 2 and not name.startswith(FAULTS_ONCE):
                left_out.add(item)
    if left_out and not config.option.every_program:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
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
