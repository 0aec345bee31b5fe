"""The store itself: where it is, what it refuses, that nothing on disk can give a wrong answer."""

import json
import os
import stat
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import pytest

from srcad import cache
from srcad.engines import modules
from srcad.errors import CacheWarning

ROOT = Path(__file__).parent.parent
TEXT = "def f(x):\n    return 2.0 * x\n"
posix = pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's here")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A cache directory that is not there yet."""
    monkeypatch.setattr(cache, "_WARNED", set())
    monkeypatch.setenv("SRCAD_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def refused(match):
    """Ask for an entry twice; the first says why there is none, the second says nothing."""
    with pytest.warns(CacheWarning, match=match) as caught:
        assert cache.entry(TEXT, "f") is None
    assert [Path(warning.filename) for warning in caught] == [Path(__file__)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cache.entry(TEXT, "f") is None


def test_an_entry_is_a_file_with_the_text(home):
    first = cache.entry(TEXT, "f")
    assert first.fresh
    assert first.path.read_text() == TEXT
    assert first.path.is_relative_to(home)
    assert first.path.name.startswith("f_")
    assert cache.entry(TEXT, "f") == cache.Entry(first.path, False)


def test_all_that_matters_is_in_the_name(home, monkeypatch):
    def paths():
        yield cache.entry(TEXT, "f").path
        yield cache.entry(TEXT, "g").path
        yield cache.entry(TEXT + "\n", "f").path
        yield cache.entry(TEXT, "f", ["float32"]).path
        yield cache.entry(TEXT, "f", ["float", "32"]).path
        monkeypatch.setenv("NUMBA_BOUNDSCHECK", "1")
        yield cache.entry(TEXT, "f").path
        monkeypatch.delenv("NUMBA_BOUNDSCHECK")
        monkeypatch.setattr(cache, "_versions", lambda: ("another numba",))
        yield cache.entry(TEXT, "f").path

    found = list(paths())
    assert len(set(found)) == len(found)


def test_settings_that_change_no_code_are_not(home, monkeypatch):
    path = cache.entry(TEXT, "f").path
    monkeypatch.setenv("NUMBA_NUM_THREADS", "1")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(home))
    assert cache.entry(TEXT, "f").path == path


def test_the_helpers_of_generated_code_are(monkeypatch, tmp_path):
    before = cache._versions()
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.py").write_text("edited")
    monkeypatch.setattr(cache, "__file__", str(tmp_path / "cache.py"))
    assert cache._versions.__wrapped__() != before


@pytest.mark.parametrize(
    "name", ["<lambda>", "../../up", "a" * 300, "", "Ω", "f.<locals>.g", "a\0"]
)
def test_any_name_makes_a_file(home, name):
    assert cache.entry(TEXT, name).path.parent == home / cache.LAYOUT


@posix
def test_all_is_private(home, monkeypatch):
    monkeypatch.setenv("SRCAD_CACHE_DIR", str(home / "not" / "yet"))
    before = os.umask(0)
    try:
        entry = cache.entry(TEXT, "f")
        cache.keep(entry, "f", b"code")
    finally:
        os.umask(before)
    for path in [home, *home.rglob("*")]:
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected, path


@posix
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702, 0o1777])
@pytest.mark.parametrize("below", ["", cache.LAYOUT])
def test_open_to_others(home, mode, below):
    (home / below).mkdir(parents=True)
    home.chmod(0o700)
    (home / below).chmod(mode)
    refused("other users")
    assert not [path for path in home.rglob("*") if path.is_file()]


@posix
def test_of_another_user(home, monkeypatch):
    assert cache.entry(TEXT, "f")
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    refused("another user")


@posix
def test_a_file_that_others_can_change_is_not_read(home):
    entry = cache.entry(TEXT, "f")
    cache.keep(entry, "f", b"code")
    (file,) = entry.path.parent.glob("*.bin")
    file.chmod(0o666)
    assert cache.recall(entry, "f") is None


def test_no_directory_can_be_made(home):
    home.write_text("a file")
    refused("cannot be used")


@posix
def test_no_home(home, monkeypatch, tmp_path):
    monkeypatch.delenv("SRCAD_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    refused("no home directory")
    assert not (tmp_path / "nobody").exists()


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="root becomes another user")
def test_read_only(monkeypatch):
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        home = Path(directory, "cache")
        home.mkdir(mode=0o700)
        os.chown(home, 65534, 65534)
        monkeypatch.setattr(cache, "_WARNED", set())
        monkeypatch.setenv("SRCAD_CACHE_DIR", str(home))
        os.seteuid(65534)
        try:
            entry = cache.entry(TEXT, "f")
            cache.keep(entry, "f", b"code")
            os.chmod(home / cache.LAYOUT, 0o500)
            # What is there is used all the same.
            assert cache.entry(TEXT, "f") == cache.Entry(entry.path, False)
            assert cache.recall(entry, "f") == b"code"
            with pytest.warns(CacheWarning, match="cannot be written"):
                cache.keep(entry, "g", b"code")
            monkeypatch.setattr(cache, "_WARNED", set())
            with pytest.warns(CacheWarning, match="cannot be written"):
                assert cache.entry(TEXT, "another") is None
        finally:
            os.seteuid(0)


def test_a_full_disk(home, monkeypatch):
    entry = cache.entry(TEXT, "f")

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.warns(CacheWarning, match="No space left"):
        cache.keep(entry, "f", b"code")
    assert cache.recall(entry, "f") is None
    assert not list(home.rglob("*.tmp"))


@pytest.mark.parametrize("content", [b"", TEXT.encode()[:9], b"\xff\0", TEXT.encode() + b"#"])
def test_a_damaged_module_is_written_again(home, content):
    path = cache.entry(TEXT, "f").path
    path.write_bytes(content)
    assert cache.entry(TEXT, "f") == cache.Entry(path, True)
    assert path.read_text() == TEXT


def test_what_is_kept_comes_back(home):
    entry = cache.entry(TEXT, "f")
    assert cache.recall(entry, "f") is None
    for payload in (b"", b"code", os.urandom(10_000)):
        cache.keep(entry, "f", payload)
        assert cache.recall(entry, "f") == payload
        assert cache.recall(entry, "g") is None


def test_any_damage_counts_as_missing(home):
    entry = cache.entry(TEXT, "f")
    cache.keep(entry, "f", b"machine code")
    (file,) = entry.path.parent.glob("*.bin")
    content = file.read_bytes()
    damaged = [content[:length] for length in range(len(content))] + [content + b"\0"]
    for place in range(len(content)):
        damaged.append(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    for bad in damaged:
        file.write_bytes(bad)
        assert cache.recall(entry, "f") is None
    file.write_bytes(content)
    assert cache.recall(entry, "f") == b"machine code"


def aged(entry, days):
    for path in entry.path.parent.glob(f"{entry.path.stem}*"):
        os.utime(path, (time.time() - days * cache.DAY,) * 2)
    os.utime(entry.path.parent / ".swept", (time.time() - 8 * cache.DAY,) * 2)


def test_entries_not_used_for_long_go(home):
    old, recent = cache.entry(TEXT, "old"), cache.entry(TEXT, "recent")
    cache.keep(old, "f", b"code")
    strange = home / cache.LAYOUT / "notes.txt"
    strange.write_text("not ours")
    os.utime(strange, (0, 0))
    aged(recent, 80)
    aged(old, 100)
    cache.entry(TEXT, "recent")
    assert sorted(path.name for path in old.path.parent.iterdir()) == sorted(
        [".swept", "notes.txt", recent.path.name]
    )


def test_use_keeps_an_entry(home):
    entry = cache.entry(TEXT, "f")
    aged(entry, 100)
    assert not cache.entry(TEXT, "f").fresh
    assert entry.path.stat().st_mtime > time.time() - cache.DAY


def test_the_oldest_go_above_the_largest_size(home, monkeypatch):
    monkeypatch.setattr(cache, "LARGEST", 4000)
    entries = [cache.entry(TEXT, f"f{k}") for k in range(6)]
    for k, entry in enumerate(entries):
        cache.keep(entry, "f", bytes(1000))
        aged(entry, 50 - k)
    cache.entry(TEXT, "f5")
    assert [entry.path.exists() for entry in entries] == [False] * 3 + [True] * 3


def test_a_module_that_is_not_ours_to_name(home):
    class Local(ValueError):
        pass

    namespace, entry = modules.load_cached(TEXT, "f", {"Local": Local})
    assert entry is None
    assert namespace["f"](2.0) == 4.0
    assert Path(namespace["__file__"]).is_relative_to(home)
    assert modules.load_cached(TEXT, "f", {"OSError": OSError})[1] is not None


WORKER = """
import json, sys
import numba, numpy as np
from srcad.engines import modules
from srcad.engines.store import stored

TEXT = '''
def inner(x):
    return x * {factor}

def f(x):
    if x.size == 0:
        raise Bad("empty")
    return inner(x[0])
'''
class Bad(ValueError):
    pass

flags = {"contract", "nsz", "arcp", "reassoc"}  # a set: in another order in each process
hits, values, fine = 0, [], True
for factor in sys.argv[2:]:
    constants = {"Bad": Bad if sys.argv[1] == "own" else ArithmeticError}
    namespace, entry = modules.load_cached(TEXT.replace("{factor}", factor), "f", constants)
    made = []
    for name in ("inner", "f"):
        namespace[name] = numba.njit(fastmath=flags)(namespace[name])
        if entry:
            stored(namespace[name], entry)
        made.append(namespace[name])
    values += [float(namespace["f"](np.ones(1, kind))) for kind in (np.float32, np.float64)]
    try:
        namespace["f"](np.ones(0))
    except Exception as error:
        fine = fine and type(error) is constants["Bad"]
    hits += sum(sum(one.stats.cache_hits.values()) for one in made)
print(json.dumps([values, hits, fine]))
"""


def start(home, *args, **environment):
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, *args],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SRCAD_CACHE_DIR": str(home), **environment},
    )


def run(home, *args, **environment):
    process = start(home, *args, **environment)
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    values, hits, fine = json.loads(out)
    assert values == [float(factor) for factor in args[1:] for _ in range(2)]
    assert fine
    return hits


@pytest.mark.slow
def test_machine_code_of_other_processes(home, tmp_path):
    """Functions of one name, compiled apart and loaded together, stay what they are."""
    elsewhere = str(tmp_path / "numba")
    assert run(home, "any", "2", NUMBA_CACHE_DIR=elsewhere) == 0
    assert run(home, "any", "3") == 0
    assert run(home, "any", "3", "2") == 4
    assert not Path(elsewhere).exists()
    for path in home.rglob("*.bin"):
        path.write_bytes(path.read_bytes()[:-1])
    assert run(home, "any", "2", "3") == 0
    assert run(home, "any", "2", "3") == 4


@pytest.mark.slow
def test_bytes_that_are_no_machine_code(home):
    """Not even under a right checksum."""
    run(home, "any", "2")
    for path in home.rglob("*.bin"):
        path.write_bytes(cache._sealed(b"no pickle"))
    assert run(home, "any", "2") == 0


@pytest.mark.slow
def test_an_exception_without_a_name_elsewhere_stays_itself(home):
    assert run(home, "own", "2") == 0
    assert run(home, "own", "2") == 0


@pytest.mark.slow
def test_many_processes_at_once(home):
    processes = [start(home, "any", "2", "3") for _ in range(4)]
    for process in processes:
        assert json.loads(process.communicate(timeout=300)[0])[0] == [2.0, 2.0, 3.0, 3.0]
    assert run(home, "any", "2", "3") == 4
