"""The disk cache: generated modules and their machine code, in a directory that is the user's own.

An entry is a generated module, a real file named after the function and a digest of all that its
machine code follows from. Machine code lies beside it, one file for each function and signature,
under a checksum. Files are written elsewhere and moved into place, so that several processes can
work at once, and one that is damaged counts as missing. Whatever goes wrong here costs a
compilation, or a `CacheWarning` and a compilation in every process; never a result.
"""

import contextlib
import functools
import hashlib
import importlib.metadata
import os
import re
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs

from srcad.errors import CacheWarning

__all__ = ["Entry", "entry", "keep", "recall"]

LAYOUT = "v1"  # the subdirectory; a new name whenever the files' layout or meaning changes
MAGIC = b"srcad machine code 1\n"
DAY = 86400.0
UNUSED = 90 * DAY
LARGEST = 1 << 30  # bytes of all entries together
SWEPT = 7 * DAY

# Packages of srcad that generated modules import, or that decide how they are compiled.
SOURCES = ("engines", "rules", "runtime")

# Settings of Numba that say nothing about the code it generates.
SILENT = ("NUMBA_CACHE", "NUMBA_DEBUG", "NUMBA_NUM_THREADS", "NUMBA_THREADING")


@dataclass(frozen=True)
class Entry:
    """A generated module on disk.

    Args:
        path: the module's file; its stem is unique to the entry.
        fresh: whether the file was written just now, so that nothing is compiled yet.
    """

    path: Path
    fresh: bool


def entry(text: str, name: str, facts: Iterable[str] = ()) -> Entry | None:
    """Find or make the entry of a generated module.

    Args:
        text: the module's source.
        name: what to call it, for the reader of a traceback.
        facts: all that its machine code depends on and that the text does not say: the kinds of
            the inputs, what the objects are that the text names without importing them.

    Returns:
        The entry, or None if there is no directory to use; a warning has said why.
    """
    directory = _directory()
    if directory is None:
        return None
    stem = f"{_readable(name)}_{_digest((text, *facts, *_world()))}"
    path = directory / f"{stem}.py"
    content = text.encode()
    found = False
    with contextlib.suppress(OSError):
        found = path.read_bytes() == content
    if not found:
        try:
            _write(path, content)
        except OSError as error:
            _warn(directory, f"cannot be written to ({error.strerror})")
            return None
    with contextlib.suppress(OSError):
        if abs(time.time() - path.stat().st_mtime) > DAY:
            os.utime(path)  # it is in use: not to be swept
    _sweep(directory)
    return Entry(path, not found)


def recall(entry: Entry, label: str) -> bytes | None:
    """Read what was kept in an entry.

    Args:
        entry: the entry.
        label: which of its functions, for which signature and machine.

    Returns:
        The bytes that `keep` was given, or None if there are none, or not those.
    """
    try:
        with _file(entry, label).open("rb") as file:
            if _objection(os.fstat(file.fileno())):
                return None
            content = file.read()
    except OSError:
        return None
    payload = content[len(MAGIC) + 32 :]
    return payload if content == _sealed(payload) else None


def keep(entry: Entry, label: str, payload: bytes) -> None:
    """Keep machine code beside its module, if the disk allows.

    Args:
        entry: the entry.
        label: which of its functions, for which signature and machine.
        payload: what `recall` is to return, in this process or another.
    """
    try:
        _write(_file(entry, label), _sealed(payload))
    except OSError as error:
        _warn(entry.path.parent, f"cannot be written to ({error.strerror})")


def _file(entry: Entry, label: str) -> Path:
    return entry.path.with_name(f"{entry.path.stem}.{_digest([label])}.bin")


def _sealed(payload: bytes) -> bytes:
    return MAGIC + hashlib.sha256(payload).digest() + payload


def _readable(name: str) -> str:
    """Return the part of a file name that is for the reader.

    >>> _readable("<lambda>"), _readable("../énergie")
    ('lambda', 'nergie')
    """
    return re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_")[:40] or "function"


def _digest(facts: Iterable[str]) -> str:
    """Return a short digest of some texts, in which none can run over into the next."""
    found = hashlib.sha256()
    for fact in facts:
        content = fact.encode("utf-8", "surrogatepass")
        found.update(b"%d\n" % len(content) + content)
    return found.hexdigest()[:20]


def _world() -> tuple[str, ...]:
    """Return what machine code depends on besides its module: versions, settings, helpers.

    The processor is not among them: it is for the compiler to tell, in the label that it keeps
    machine code under, so that machines of several kinds can share a home directory.
    """
    settings = sorted(
        f"{key}={value}"
        for key, value in os.environ.items()
        if key.startswith("NUMBA_") and not key.startswith(SILENT)
    )
    return (*_versions(), *settings)


@functools.cache
def _versions() -> tuple[str, ...]:
    sources = hashlib.sha256()
    for package in SOURCES:
        for file in sorted((Path(__file__).parent / package).rglob("*.py")):
            sources.update(hashlib.sha256(file.read_bytes()).digest())
    versions = [sys.version, sys.platform, np.__version__, sources.hexdigest()]
    # Neither is imported to ask it: that alone would take half a second.
    for library in ("numba", "llvmlite", "srcad"):
        try:
            versions.append(importlib.metadata.version(library))
        except importlib.metadata.PackageNotFoundError:
            versions.append("")
    return tuple(versions)


def _directory() -> Path | None:
    """Return the directory that the entries are in, or None and a warning that says why not."""
    directory: Path | None = None
    try:
        root = _root()
        for directory in (root, root / LAYOUT):
            _make(directory)
            objection = _objection(directory.stat())
            if objection:
                _warn(directory, objection)
                return None
    except (OSError, RuntimeError) as error:
        _warn(directory, f"cannot be used ({getattr(error, 'strerror', None) or error})")
        return None
    return directory


def _root() -> Path:
    """Return the directory that the user chose, or that the system has for such files.

    Raises:
        OSError: if there is no home directory.
        RuntimeError: if the system does not even know where it would be.
    """
    chosen = os.environ.get("SRCAD_CACHE_DIR")
    if chosen:
        return Path(chosen).expanduser().absolute()
    usual = Path(platformdirs.user_cache_dir("srcad", appauthor=False))
    below_home = not os.environ.get("XDG_CACHE_HOME")
    if not usual.is_absolute() or (below_home and not Path.home().is_dir()):
        raise OSError("there is no home directory")  # nor is one to be made
    return usual


def _make(directory: Path) -> None:
    """Make a directory that only the user can enter; what is missing above it likewise."""
    if directory.is_dir():
        return
    if directory.parent != directory:
        _make(directory.parent)
    directory.mkdir(mode=0o700, exist_ok=True)


def _objection(state: os.stat_result) -> str:
    """Return why a file or directory cannot be trusted; empty if only the user can change it."""
    if os.name != "posix":
        return ""
    if state.st_uid != os.geteuid():
        return f"belongs to another user (uid {state.st_uid})"
    if state.st_mode & 0o022:
        return f"can be written to by other users (mode {state.st_mode & 0o7777:o})"
    return ""


def _write(path: Path, content: bytes) -> None:
    """Write a file that other processes see whole or not at all.

    Raises:
        OSError: if it cannot be written.
    """
    number, temporary = tempfile.mkstemp(".tmp", f"{path.name}.", path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:  # an interrupt too
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


_WARNED: set[tuple[Path | None, str]] = set()


def _warn(directory: Path | None, problem: str) -> None:
    """Say once that programs are compiled in every process, at the line of the user's call."""
    if (directory, problem) in _WARNED:
        return
    _WARNED.add((directory, problem))
    place = "the user's cache directory" if directory is None else str(directory)
    level, frame = 1, sys._getframe()
    own = ("srcad", "numba")
    while frame.f_back and str(frame.f_globals.get("__name__")).partition(".")[0] in own:
        level, frame = level + 1, frame.f_back
    warnings.warn(
        f"programs are compiled anew in every process: {place} {problem}; set SRCAD_CACHE_DIR "
        "to a directory that only you can write to",
        CacheWarning,
        stacklevel=level,
    )


def _sweep(directory: Path) -> None:
    """Once a week, remove the entries not used for long, and the oldest above the largest size."""
    now = time.time()
    with contextlib.suppress(OSError):
        stamp = directory / ".swept"
        if stamp.exists() and abs(now - stamp.stat().st_mtime) < SWEPT:
            return
        stamp.touch(0o600)
        entries: dict[str, list[tuple[Path, os.stat_result]]] = {}
        for path in directory.iterdir():
            if path.suffix in (".py", ".bin", ".tmp") and path.is_file():
                entries.setdefault(path.name.partition(".")[0], []).append((path, path.stat()))
        size = 0
        # The newest file of an entry is its module, marked when it was used, or code just compiled.
        for files in sorted(entries.values(), key=_newest, reverse=True):
            size += sum(state.st_size for _, state in files)
            gone = size > LARGEST or now - _newest(files) > UNUSED
            for path, state in files:
                if gone or (path.suffix == ".tmp" and now - state.st_mtime > DAY):
                    with contextlib.suppress(OSError):
                        path.unlink()


def _newest(files: list[tuple[Path, os.stat_result]]) -> float:
    return max(state.st_mtime for _, state in files)
