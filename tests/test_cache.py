"""The cache: a second process compiles nothing, and nothing that happens to it gives wrong numbers.

Each test runs processes of its own in a directory of its own.  What a process compiles is counted
where every compilation of Numba passes, so that the tests know nothing of the layout of the cache.
"""

import hashlib
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENGINES = ("numpy", "numba")

each_engine = pytest.mark.parametrize("engine", ENGINES)

MODEL = """
import numpy as np

from helpers import grow

RATE = 0.5


def model(x, steps, power=2):
    y = x.copy()
    for k in range(steps):
        y[1:] += grow(y[:-1]) * RATE
    return np.sum(y**power)
"""
HELPERS = """
def grow(values):
    return values * 1.5
"""
WORKER = """
import json
import sys

import numpy as np
from numba.core.compiler import CompilerBase

compiled = []


def counted(method):
    def wrapper(self, *args, **kwargs):
        compiled.append(method.__name__)
        return method(self, *args, **kwargs)

    return wrapper


CompilerBase.compile_extra = counted(CompilerBase.compile_extra)
CompilerBase.compile_ir = counted(CompilerBase.compile_ir)

import srcad
from model import model

program = srcad.differentiable(engine=sys.argv[1])(model)
x = np.array([0.5, 1.2, -0.8])
out, pullback = program.vjp(x, 3)
(bar, _) = pullback(np.float64(1.0))
value, gradient = srcad.value_and_grad(program)(x, 3)
np.testing.assert_allclose(value, model(x, 3), rtol=1e-12)
np.testing.assert_allclose(gradient, bar, rtol=1e-12)
step = 1e-6
differences = [
    (model(x + step * axis, 3) - model(x - step * axis, 3)) / (2.0 * step) for axis in np.eye(3)
]
np.testing.assert_allclose(gradient, differences, rtol=1e-7)
print(json.dumps({"compiled": len(compiled), "gradient": gradient.tolist()}))
"""


class House:
    """A user's directory with a program, and a cache beside it."""

    def __init__(self, directory):
        self.directory = directory
        self.cache = directory / "cache"
        self.write("model.py", MODEL)
        self.write("helpers.py", HELPERS)
        self.write("worker.py", WORKER)

    def write(self, name, text):
        (self.directory / name).write_text(text)

    def start(self, engine, **environment):
        """Start a process that differentiates the model and checks the gradient itself."""
        return subprocess.Popen(
            [sys.executable, str(self.directory / "worker.py"), engine],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "PYTHONDONTWRITEBYTECODE": "1",
                "SRCAD_CACHE_DIR": str(self.cache),
                **environment,
            },
        )

    def finish(self, process):
        """Wait for a process; return what it reports, and what it wrote to stderr."""
        out, error = process.communicate(timeout=600)
        assert process.returncode == 0, error
        return json.loads(out.splitlines()[-1]), error

    def run(self, engine, **environment):
        return self.finish(self.start(engine, **environment))[0]

    def files(self):
        return sorted(path for path in self.cache.rglob("*") if path.is_file())

    def contents(self):
        return {path: hashlib.sha256(path.read_bytes()).digest() for path in self.files()}


@pytest.fixture
def house(tmp_path):
    return House(tmp_path)


def test_the_count_of_compilations_counts(house):
    """What the other tests rest on: the first process compiles, and is seen to."""
    assert house.run("numba")["compiled"] > 0


@each_engine
def test_a_second_process_compiles_nothing(house, engine):
    first = house.run(engine)
    assert house.files()
    before = house.contents()
    second = house.run(engine)
    assert second == {"compiled": 0, "gradient": first["gradient"]}
    assert house.contents() == before


def test_a_program_is_the_same_program_elsewhere_in_time(house):
    """A new time stamp on the same text is no reason to compile."""
    house.run("numba")
    os.utime(house.directory / "model.py", (1e9, 1e9))
    assert house.run("numba")["compiled"] == 0


@each_engine
def test_several_processes_at_once(house, engine):
    processes = [house.start(engine) for _ in range(3)]
    reports = [house.finish(process)[0] for process in processes]
    assert reports[0]["gradient"] == reports[1]["gradient"] == reports[2]["gradient"]
    assert house.run(engine) == {"compiled": 0, "gradient": reports[0]["gradient"]}


def truncated(content):
    return content[: len(content) // 2]


def last_byte_missing(content):
    return content[:-1]


def emptied(content):
    return b""


def junk(content):
    return b"\x00\xffnot what was here" * 9


def flipped(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0x41]) + content[middle + 1 :]


@pytest.mark.slow
@each_engine
@pytest.mark.parametrize("damage", [truncated, last_byte_missing, emptied, junk, flipped])
def test_damaged_files(house, damage, engine):
    gradient = house.run(engine)["gradient"]
    damaged = [path for path in house.files() if path.stat().st_size]
    assert damaged
    for path in damaged:
        path.chmod(0o600)
        path.write_bytes(damage(path.read_bytes()))
    assert house.run(engine)["gradient"] == gradient
    assert house.run(engine)["gradient"] == gradient


@pytest.mark.slow
@each_engine
def test_each_file_damaged_by_itself(house, engine):
    gradient = house.run(engine)["gradient"]
    for path in house.files():
        content = path.read_bytes()
        path.chmod(0o600)
        path.write_bytes(truncated(content))
        assert house.run(engine)["gradient"] == gradient, path.name


@each_engine
def test_files_that_vanished(house, engine):
    gradient = house.run(engine)["gradient"]
    for path in house.files()[::2]:
        path.unlink()
    assert house.run(engine)["gradient"] == gradient


@each_engine
def test_a_directory_that_does_not_exist_is_made_private(house, engine):
    house.cache = house.directory / "not" / "yet" / "there"
    house.run(engine)
    assert house.files()
    assert stat.S_IMODE(house.cache.stat().st_mode) == 0o700
    for path in house.cache.rglob("*"):
        assert not path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH), path


@each_engine
def test_a_directory_that_cannot_be_made(house, engine):
    (house.directory / "occupied").write_text("a file, no directory")
    house.cache = house.directory / "occupied" / "cache"
    house.run(engine)
    house.run(engine)


@each_engine
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only for root"
)
def test_a_read_only_directory(house, engine):
    house.cache.mkdir(mode=0o500)
    house.run(engine)
    assert not house.files()


@each_engine
def test_no_home_directory(house, engine):
    (house.directory / "occupied").write_text("a file, no directory")
    nowhere = str(house.directory / "occupied" / "home")
    process = subprocess.Popen(
        [sys.executable, str(house.directory / "worker.py"), engine],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **{k: v for k, v in os.environ.items() if k not in ("SRCAD_CACHE_DIR", "TMPDIR")},
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": nowhere,
            "XDG_CACHE_HOME": nowhere,
        },
    )
    house.finish(process)


@pytest.mark.slow
@each_engine
@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's here")
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o720, 0o702, 0o1777])
def test_a_directory_that_others_can_write_to_is_refused(house, mode, engine):
    house.cache.mkdir()
    house.cache.chmod(mode)
    process = house.start(engine)
    _, error = house.finish(process)
    assert not house.files()
    assert "Warning" in error
    assert stat.S_IMODE(house.cache.stat().st_mode) == mode


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's here")
def test_entries_are_not_loaded_from_a_directory_opened_to_others(house):
    gradient = house.run("numba")["gradient"]
    house.cache.chmod(0o777)
    report = house.run("numba")
    assert report["compiled"] > 0
    assert report["gradient"] == gradient


EDITS = [
    ("model.py", "np.sum(y**power)", "np.sum(y**power) * 3.0"),
    ("model.py", "y[1:] +=", "y[1:] -="),
    ("model.py", "power=2", "power=3"),
    ("model.py", "RATE = 0.5", "RATE = 0.7"),
    ("model.py", "RATE = 0.5", "RATE = np.array([0.5, 0.25])"),
    ("helpers.py", "values * 1.5", "values * 1.7"),
    ("helpers.py", "values * 1.5", "values * values"),
]


@pytest.mark.slow
@each_engine
@pytest.mark.parametrize(
    ("file", "old", "new"), EDITS, ids=[f"{k}-{edit[0]}" for k, edit in enumerate(EDITS)]
)
def test_an_edit_gives_a_new_gradient(house, file, old, new, engine):
    """The worker compares each gradient with differences, so that a stale one fails there."""
    original = (house.directory / file).read_text()
    assert old in original
    first = house.run(engine)
    house.write(file, original.replace(old, new))
    assert house.run(engine)["gradient"] != first["gradient"]
    house.write(file, original)
    assert house.run(engine) == {"compiled": 0, "gradient": first["gradient"]}


def test_a_global_number_is_no_reason_to_compile(house):
    """Numbers that are read at every call are inputs: their values are not part of the program."""
    house.run("numba")
    house.write("model.py", MODEL.replace("RATE = 0.5", "RATE = 0.7"))
    assert house.run("numba")["compiled"] == 0
