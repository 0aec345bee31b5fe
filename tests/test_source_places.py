"""Gradients of functions from wherever they were typed: notebooks, prompts, loops, decorators."""

import code
import functools
import linecache
import os
import pty
import subprocess
import sys
import tempfile
import time

import numpy as np
import pytest

import srcad
from srcad import SourceUnavailable, UnsupportedSyntax

# Where ipykernel keeps the texts of cells: a directory for each kernel, named by its process.
KERNEL = os.path.join(tempfile.gettempdir(), "ipykernel_99", "")
KEEPS_WHAT_IS_TYPED = sys.version_info >= (3, 13)


@pytest.fixture
def notebook(monkeypatch):
    """A function that runs a cell as IPython does: its texts outlive a check of the cache."""
    cells, check = {}, linecache.checkcache

    def keep(filename=None):
        check(filename)
        linecache.cache.update(cells)

    monkeypatch.setattr(linecache, "checkcache", keep)
    namespace = {"__name__": "__main__", "np": np, "srcad": srcad}

    def run(text, name):
        entry = (len(text), time.time(), text.splitlines(keepends=True), name)
        linecache.cache[name] = cells[name] = entry
        exec(compile(text, name, "exec"), namespace)
        return namespace

    yield run
    for name in cells:
        linecache.cache.pop(name, None)


@pytest.mark.parametrize("name", ["<ipython-input-{}-3a1b>", KERNEL + "{}.py"])
def test_notebook_cells(notebook, name):
    notebook("rate = 3.0\ndef f(x):\n    return rate * x * x\n", name.format(1))
    cell = notebook("def g(x):\n    return f(x) + x\nslope = srcad.grad(g)(2.0)\n", name.format(2))
    assert cell["slope"] == 13.0
    # the same cell again, changed: another name in a notebook, and another function
    cell = notebook("def f(x):\n    return x**3\nslope = srcad.grad(g)(2.0)\n", name.format(3))
    assert cell["slope"] == 13.0


def test_an_error_in_a_cell_shows_its_line(notebook):
    name = KERNEL + "7.py"
    cell = notebook("def f(x):\n    with open('x') as file:\n        return x\n", name)
    with pytest.raises(UnsupportedSyntax) as caught:
        srcad.grad(cell["f"])(2.0)
    assert caught.value.origin.file == "7.py"
    assert caught.value.origin.line == 2
    assert "^" in str(caught.value)


def answer(text):
    """What a prompt prints of an expression that may raise."""
    console = code.InteractiveConsole({"srcad": srcad, "found": (found := [])})
    for line in text.splitlines():
        console.push(line)
    return found


@pytest.mark.skipif(KEEPS_WHAT_IS_TYPED, reason="the prompt keeps what is typed")
def test_the_console_of_the_library():
    found = answer(
        "def f(x):\n    return x * x\n\n"
        "try:\n    found.append(srcad.grad(f)(3.0))\n"
        "except srcad.SourceUnavailable as error:\n    found.append(error)\n\n"
    )
    assert isinstance(found[0], SourceUnavailable)
    assert "linecache.cache[name]" in found[0].hint
    assert found[0].origin.file == "<console>"


def test_the_prompt_of_python():
    """At a terminal: the gradient where Python keeps what is typed, else the way to do it."""
    typed = "import srcad\ndef f(x):\n    return x * x\n\nprint('slope', srcad.grad(f)(3.0))\n"
    ours, theirs = pty.openpty()
    surroundings = {**os.environ, "PYTHON_BASIC_REPL": "0", "TERM": "dumb", "PYTHONSTARTUP": ""}
    paths = [os.getcwd(), os.environ.get("PYTHONPATH", "")]
    surroundings["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    process = subprocess.Popen(
        [sys.executable, "-q", "-i"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=surroundings,
    )
    os.write(ours, (typed + "exit()\n").encode())
    try:
        output, _ = process.communicate(timeout=120)
    finally:
        process.kill()
        os.close(ours)
        os.close(theirs)
    text = output.decode()
    assert "slope 6.0" in text or ("cannot be found" in text and "put it in a file" in text)


def test_the_way_out_for_exec_works():
    text, name = "def f(x):\n    return x * x\n", "typed_by_a_program"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    namespace = {}
    exec(compile(text, name, "exec"), namespace)
    assert srcad.grad(namespace["f"])(3.0) == 6.0


def test_no_source_says_how_to_give_it():
    namespace = {}
    exec("f = lambda x: x * x", namespace)
    with pytest.raises(SourceUnavailable) as caught:
        srcad.grad(namespace["f"])(3.0)
    assert "linecache.cache[name]" in str(caught.value)
    assert "put it in a file" in str(caught.value)


def test_a_helper_without_source_is_shown_where_it_is_called():
    namespace = {}
    exec("def square(x):\n    return x * x", namespace)
    square = namespace["square"]
    with pytest.raises(SourceUnavailable, match="square"):
        srcad.grad(lambda x: square(x) + x)(3.0)


# fmt: off
double, triple = lambda x: 2.0 * x, lambda x: 3.0 * x
same, again = lambda x: x * x, lambda x: x * x
# fmt: on


def test_lambdas_on_one_line():
    assert srcad.grad(double)(1.0) == 2.0
    assert srcad.grad(triple)(1.0) == 3.0
    assert srcad.grad(same)(3.0) == srcad.grad(again)(3.0) == 6.0
    sums = [srcad.grad(f)(1.0) for f in (lambda x: x**2 + x, lambda x: x**3 + x)]
    assert sums == [3.0, 4.0]


def test_functions_made_in_a_loop():
    made = []
    for power in (1, 2, 3):

        def function(x, power=power):
            return x**power

        made.append(function)
    late = [lambda x: x**power for power in (1, 2, 3)]
    assert [srcad.grad(f)(2.0) for f in made] == [1.0, 4.0, 12.0]
    assert [srcad.grad(f)(2.0) for f in late] == [12.0] * 3


def counted(function):
    @functools.wraps(function)
    def inner(*args):
        inner.calls += 1
        return function(*args)

    inner.calls = 0
    return inner


def scaled(factor):
    def decorator(function):
        def inner(x):
            return factor * function(x)

        return inner

    return decorator


@scaled(10.0)
@scaled(2.0)
def decorated(x):
    return x * x


def test_decorated_functions():
    assert srcad.grad(decorated)(3.0) == 120.0


def first():
    def step(x):
        return x * x

    return step


def second():
    def step(x):
        return x**3

    return step


if np.pi > 3.0:

    def step(x):
        return 5.0 * x

else:

    def step(x):
        return 7.0 * x


def test_several_functions_of_one_name():
    assert srcad.grad(first())(2.0) == 4.0
    assert srcad.grad(second())(2.0) == 12.0
    assert srcad.grad(step)(2.0) == 5.0
    assert srcad.grad(lambda x: first()(x) + second()(x) + step(x))(2.0) == 21.0
