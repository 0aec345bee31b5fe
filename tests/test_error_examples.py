"""The example of each error and warning is run, and gets that very error, where it says so.

A comment in an example is part of the message; where the error has a place, it is at that line.
"""

import inspect
import linecache
import os
import re
import subprocess
import sys
import textwrap
import warnings

import numpy as np
import pytest
import scipy.special

import srcad
from srcad import errors

KINDS = [
    kind
    for kind in map(vars(errors).get, errors.__all__)
    if isinstance(kind, type)
    and issubclass(kind, errors.SrcadError | Warning)
    and kind is not errors.SrcadError
]
# Errors about a line of the function, which they have to show with a caret and a hint.
PLACED = {
    errors.UnsupportedSyntax,
    errors.UnsupportedType,
    errors.MissingRule,
    errors.UnsafeMutation,
    errors.TapeMemoryError,
    errors.CompilationError,
}
IN_A_PROCESS_OF_ITS_OWN = {errors.CacheWarning}
BLOCK = re.compile(r"^Example:\n(?P<text>.*?)\n\nThe way out: ", re.M | re.S)
NOTE = re.compile(r"\S +# (?P<note>.*)$")


def example(kind):
    """The text of the example in a docstring."""
    return textwrap.dedent(BLOCK.search(inspect.getdoc(kind))["text"]) + "\n"


def run(text, name):
    """Run a text as a file."""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace = {"__name__": "example", "np": np, "scipy": scipy, "os": os}
    namespace.update({public: getattr(srcad, public) for public in srcad.__all__})
    exec(compile(text, name, "exec", dont_inherit=True), namespace)


def message_of(kind, text, name, folder):
    """What is said when an example is run, and the error itself."""
    if kind in IN_A_PROCESS_OF_ITS_OWN:
        file = folder / name
        head = "import os, warnings\nfrom srcad import *\nwarnings.simplefilter('error')\n"
        file.write_text(head + text, encoding="utf-8")
        paths = os.pathsep.join([os.getcwd(), *filter(None, [os.environ.get("PYTHONPATH")])])
        surroundings = {**os.environ, "PYTHONPATH": paths}
        done = subprocess.run(
            [sys.executable, str(file)], capture_output=True, text=True, env=surroundings
        )
        assert f"srcad.errors.{kind.__name__}: " in done.stderr, done.stderr
        return done.stderr, None
    if issubclass(kind, Warning):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            run(text, name)
        (found,) = [one.message for one in caught if isinstance(one.message, kind)]
        return str(found), None
    with pytest.raises(kind) as raised:
        run(text, name)
    assert type(raised.value) is kind
    return str(raised.value), raised.value


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_example(kind, tmp_path):
    text, name = example(kind), f"example_of_{kind.__name__}.py"
    message, error = message_of(kind, text, name, tmp_path)
    notes = [(line, found["note"]) for line in text.split("\n") if (found := NOTE.search(line))]
    said = [(line, note) for line, note in notes if note in message]
    assert said, f"none of the comments is what is said:\n{message}"
    if kind in PLACED:
        assert error.origin is not None
        assert error.origin.file == name
        assert error.origin.text in [line for line, _ in said]
        assert "^" in message
    if error is not None and kind not in (errors.CotangentError, errors.TangentError):
        assert error.hint


def test_every_error_has_an_example():
    assert len(KINDS) == len([kind for kind in KINDS if BLOCK.search(inspect.getdoc(kind))]) > 10
