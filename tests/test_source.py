"""The source that is found is the code that runs, or there is an error that says why not."""

import ast
import doctest
import functools
import importlib.util
import linecache
import math
import os
import subprocess
import sys
import textwrap
import threading
import types
import warnings
import zipfile

import gast
import pytest

import srcad
from srcad.errors import SourceUnavailable, SrcadError, UnsupportedSyntax
from srcad.frontend.source import source_of

HERE = os.path.basename(__file__)


def text_of(function):
    """The tree that was found, as text."""
    return gast.unparse(source_of(function).node).strip()


def load(path, text=None):
    """Import a file under a name of its own."""
    if text is not None:
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def edit(path, text):
    """Change a file so that its time changes too, however coarse the file system's clock."""
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    later = os.stat(path).st_mtime + 10
    os.utime(path, (later, later))


def registered(text, name, namespace=None, flags=0):
    """Run a text that linecache knows."""
    text = textwrap.dedent(text)
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    namespace = {} if namespace is None else namespace
    exec(compile(text, name, "exec", flags, dont_inherit=True), namespace)
    return namespace


# --- what is found ----------------------------------------------------------------------


def test_fields(tmp_path):
    module = load(tmp_path / "heat.py", "import math\n\ndef f(x):\n    return math.sin(x)\n")
    source = source_of(module.f)
    assert (source.name, source.file, source.path) == ("f", "heat.py", str(tmp_path / "heat.py"))
    assert source.lines == ("import math", "", "def f(x):", "    return math.sin(x)")
    assert isinstance(source.node, gast.FunctionDef)
    assert (source.node.lineno, source.node.body[0].lineno, source.node.body[0].col_offset) == (
        3,
        4,
        4,
    )


def test_decorators_are_left_out(tmp_path):
    module = load(
        tmp_path / "m.py",
        """
        import functools
        def keep(f): return f
        def wrap(f):
            @functools.wraps(f)
            def wrapper(*args):
                return 2 * f(*args)
            return wrapper
        @keep
        @(lambda g: g)
        def f(x):
            return x + 1
        @(lambda g: g)
        @keep
        def g(x):
            return x + 2
        @wrap
        def h(x):
            return x + 3
        """,
    )
    assert text_of(module.f) == "def f(x):\n    return x + 1"
    assert text_of(module.g) == "def g(x):\n    return x + 2"
    # The code that runs is the wrapper's; `__wrapped__` is not followed.
    assert text_of(module.h) == "def wrapper(*args):\n    return 2 * f(*args)"
    assert text_of(module.h.__wrapped__) == "def h(x):\n    return x + 3"


def test_nested_in_a_loop():
    functions = []
    for k in range(3):

        def f(x, k=k):
            return x * k

        functions.append(f)
    assert {text_of(f) for f in functions} == {"def f(x, k=k):\n    return x * k"}


def test_several_of_one_name(tmp_path):
    module = load(
        tmp_path / "m.py",
        """
        def f(x): return x + 1
        first = f
        def f(x): return x + 2
        second = f
        if True:
            def f(x): return x + 1
        third = f
        """,
    )
    assert text_of(module.first) == "def f(x):\n    return x + 1"
    assert text_of(module.second) == "def f(x):\n    return x + 2"
    assert [source_of(f).node.lineno for f in (module.first, module.second, module.third)] == [
        2,
        4,
        7,
    ]


class Model:
    __gain = 3.0

    def __helper(self, x):
        return x * self.__gain

    def call(self, __x):
        __local = self.__helper(__x)
        return (lambda __y: __y + self.__gain)(__local)

    @staticmethod
    def half(x):
        return x / 2

    @classmethod
    def make(cls, x):
        return super().__new__(cls)

    @property
    def gain(self):
        return self.__gain

    def inner(self):
        def f(x):
            return x * self.__gain

        return f


def test_methods_and_private_names():
    assert text_of(Model.call).startswith("def call(self, __x):")
    assert text_of(Model._Model__helper) == "def __helper(self, x):\n    return x * self.__gain"
    assert text_of(Model().call.__func__) == text_of(Model.call)
    assert text_of(Model.half) == "def half(x):\n    return x / 2"
    assert "super" in text_of(Model.make.__func__)
    assert text_of(Model.gain.fget) == "def gain(self):\n    return self.__gain"
    assert text_of(Model().inner()) == "def f(x):\n    return x * self.__gain"


def test_classes_within_classes(tmp_path):
    module = load(
        tmp_path / "m.py",
        """
        class A((lambda: object)()):
            x = 1
            class B(metaclass=lambda *args, z=(lambda w: w): z(type(*args))):
                y = [lambda x: x + 1]
                def f(self, x):
                    return self.__x + super().f(x)
            def f(self, x): return x
        """,
    )
    assert text_of(module.A.B.f).startswith("def f(self, x):\n    return self.__x + super()")
    assert text_of(module.A.f) == "def f(self, x):\n    return x"
    assert text_of(module.A.B.y[0]) == "lambda x: x + 1"


def test_private_name_of_another_class(tmp_path):
    """The same text in two classes is two codes."""
    module = load(
        tmp_path / "m.py",
        """
        class A:
            f = lambda self: self.__x
        class B: f = lambda self: self.__x
        """,
    )
    assert source_of(module.A.f).node.lineno == 3
    assert source_of(module.B.f).node.lineno == 4


def test_closures():
    def outer(a):
        def middle(b):
            def inner(x):
                nonlocal b
                b = b + 1
                return a * x + b

            return inner

        return middle

    assert text_of(outer(1)(2)).startswith("def inner(x):\n    nonlocal b")
    assert text_of(outer(1)).startswith("def middle(b):")


def test_much_syntax():
    def f(x, /, y, *rest, z=3, **named):
        """Says what it does."""
        if (n := len(rest)) > 2:
            x += sum(v * n for v in rest)
        squares = [v**2 for v in rest if v]
        table = {k: (lambda: k) for k in named}
        match y:
            case [a, b]:
                x += a * b
            case {"gain": gain, **others}:
                x += gain
            case int() | float():
                x *= y
        try:
            x /= y
        except ZeroDivisionError as error:
            raise ValueError(f"{x=:.3f} {y!r}") from error
        finally:
            last = (lambda: x)()
        while x > 1e3:
            x /= 2.0
        else:
            x = -0.0
        with open(os.devnull) as null:
            del null
        return x + sum(squares) + z + 1j + last in {1, 2, 3}, table

    assert text_of(f).startswith("def f(x, /, y, *rest, z=3, **named):")


def test_calls_on_imported_modules(tmp_path):
    """Python compiles `np.sin(x)` to other instructions where the module imports np itself."""
    text = """
        try:
            import math
        except ImportError:
            math = None
        def outer():
            import os
            def f(x): return math.sin(x) + os.getcwd() + sys.path()
            return f
        f = outer()
        """
    module = load(tmp_path / "m.py", text)
    assert "math.sin(x)" in text_of(module.f)
    # Notebooks compile every statement of a cell by itself.
    text = textwrap.dedent(text)
    name = "<a cell with imports>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    namespace = {}
    for statement in ast.parse(text).body:
        exec(compile(ast.Module([statement], []), name, "exec"), namespace)
    assert namespace["f"].__code__.co_code != module.f.__code__.co_code
    assert "math.sin(x)" in text_of(namespace["f"])


def test_annotations_and_types(tmp_path):
    module = load(
        tmp_path / "m.py",
        """
        from __future__ import annotations
        import numpy as np
        def f(x: np.ndarray, y: Undefined = 1) -> Other:
            z: int = 3
            return x + z
        """,
    )
    assert "z: int = 3" in text_of(module.f)


# --- lambdas ----------------------------------------------------------------------------


def columns(function):
    node = source_of(function).node
    return node.lineno, node.col_offset


def test_two_lambdas_on_a_line():
    one, two = lambda x: x * 2, lambda x: x * 3
    assert text_of(one) == "lambda x: x * 2"
    assert text_of(two) == "lambda x: x * 3"


def test_constants_that_are_equal_but_not_the_same():
    one, two, three, four, five = lambda: 1, lambda: 1.0, lambda: True, lambda: 0.0, lambda: -0.0
    assert [text_of(f) for f in (one, two, three, four, five)] == [
        "lambda: 1",
        "lambda: 1.0",
        "lambda: True",
        "lambda: 0.0",
        "lambda: -0.0",
    ]
    pair, other = lambda: (1, (2.0, 3)), lambda: (1, (2, 3))
    assert text_of(pair) == "lambda: (1, (2.0, 3))"
    assert text_of(other) == "lambda: (1, (2, 3))"
    inside, also = lambda x: x in {1, 2}, lambda x: x in {1.0, 2}
    assert text_of(also) == "lambda x: x in {1.0, 2}"
    assert text_of(inside) == "lambda x: x in {1, 2}"


def test_identical_lambdas_on_a_line_are_told_apart_by_column(tmp_path):
    module = load(tmp_path / "m.py", "fs = [lambda x: x + 1, lambda x: x + 1, lambda y: y + 1]\n")
    assert [columns(f) for f in module.fs] == [(1, 6), (1, 23), (1, 40)]


def test_lambda_within_lambda():
    make = lambda a: lambda x: (lambda y: y * a)(x)  # fmt: skip
    assert text_of(make) == "lambda a: lambda x: (lambda y: y * a)(x)"
    assert text_of(make(1)) == "lambda x: (lambda y: y * a)(x)"
    assert text_of((lambda a: lambda a: a)(1)) == "lambda a: a"


def test_lambda_in_a_call_over_lines():
    def keep(*functions, **named):
        return [*functions, *named.values()]

    first, second, third = keep(
        lambda x: x
        + 1,
        lambda x:
            x + 2, key=
        lambda x: (
            x + 3
        ),
    )  # fmt: skip
    assert text_of(first) == "lambda x: x + 1"
    assert text_of(second) == "lambda x: x + 2"
    assert text_of(third) == "lambda x: x + 3"


def test_lambda_as_default_and_in_decorator():
    def f(x, g=lambda y: y * 2, *, h=lambda y: y * 3):
        return g(h(x))

    found = {}

    @(lambda function: found.setdefault("f", function))
    def decorated(x, g=lambda y: y * 4):
        return g(x)

    assert text_of(f.__defaults__[0]) == "lambda y: y * 2"
    assert text_of(f.__kwdefaults__["h"]) == "lambda y: y * 3"
    assert text_of(decorated.__defaults__[0]) == "lambda y: y * 4"
    assert text_of(found["f"]) == "def decorated(x, g=lambda y: y * 4):\n    return g(x)"


def test_lambda_in_comprehension_class_and_finally():
    functions = [lambda x, k=k: x * k for k in range(2)]
    assert {text_of(f) for f in functions} == {"lambda x, k=k: x * k"}

    class Local:
        f = staticmethod(lambda x: x + 1)

    assert text_of(Local.f) == "lambda x: x + 1"
    try:
        pass
    finally:  # compiled twice
        g = lambda x: x + 2
    assert text_of(g) == "lambda x: x + 2"


def test_lambdas_without_columns():
    """`-X no_debug_ranges` records no columns: constants still tell lambdas apart."""
    program = (
        "import linecache\n"
        "from srcad.frontend.source import source_of\n"
        "text = 'fs = [lambda x: x + 1, lambda x: x + 2, lambda x: x + 1]'\n"
        "linecache.cache['t'] = (len(text), None, [text], 't')\n"
        "exec(compile(text, 't', 'exec'))\n"
        "print([source_of(f).node.col_offset for f in fs])\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "no_debug_ranges", "-c", program], capture_output=True, text=True
    )
    assert done.stdout == "[6, 23, 6]\n", done.stderr


def test_two_statements_on_a_line(tmp_path):
    module = load(tmp_path / "m.py", "f = lambda x: x + 1; g = lambda x: x + 1; h = lambda x: x\n")
    assert columns(module.f) == (1, 4)
    assert columns(module.g) == (1, 25)
    assert columns(module.h) == (1, 46)


# --- the text is not the code -----------------------------------------------------------


def test_edited_after_import(tmp_path):
    path = tmp_path / "m.py"
    module = load(path, "def f(x):\n    return x * 2\n")
    edit(path, "def f(x):\n    return x * 3\n")
    with pytest.raises(SourceUnavailable, match="edited after it was imported") as caught:
        source_of(module.f)
    assert (caught.value.origin.file, caught.value.origin.line) == ("m.py", 1)
    assert "* 3" not in str(caught.value)


def test_edited_after_its_source_was_read(tmp_path):
    path = tmp_path / "m.py"
    module = load(path, "def f(x):\n    return x * 2\n")
    assert "x * 2" in text_of(module.f)
    edit(path, "def f(x):\n    return x * 3\n")
    with pytest.raises(SourceUnavailable):
        source_of(module.f)
    edit(path, "# as before\ndef f(x):\n    return x * 2\n")
    assert source_of(module.f).node.lineno == 2


def test_imported_again_after_an_edit(tmp_path):
    path = tmp_path / "m.py"
    old = load(path, "def f(x):\n    return x * 2\n")
    edit(path, "def f(x):\n    return x * 3\n")
    new = load(path)
    assert text_of(new.f).endswith("x * 3")
    with pytest.raises(SourceUnavailable):
        source_of(old.f)


def test_an_edit_above_moves_a_function(tmp_path):
    path = tmp_path / "m.py"
    text = "def f(x):\n    return x * 2\n\nclass C:\n    def f(self, x):\n        return x * 2\n"
    module = load(path, text)
    edit(path, "# one\n# more\n\n" + text)
    assert source_of(module.f).node.lineno == 4
    assert source_of(module.C.f).node.lineno == 8


def test_a_lambda_is_not_looked_for_on_other_lines(tmp_path):
    path = tmp_path / "m.py"
    module = load(path, "f = lambda x: x * 2\ng = lambda x: x * 3\n")
    edit(path, "f = lambda x: x * 3\ng = lambda x: x * 2\n")
    for function in (module.f, module.g):
        with pytest.raises(SourceUnavailable):
            source_of(function)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x * 2", "x * 2.0"),
        ("x * 1", "x * True"),
        ("x * 0.0", "x * -0.0"),
        ("x + np.sin(x)", "x + np.cos(x)"),
        ("x + y", "y + x"),
        ("[v * x for v in y]", "[x * v for v in y]"),
        ("(lambda: x)()", "(lambda: y)()"),
        ("x if y else y", "x if x else y"),
        ("a", "b"),
        ("x in (1, 2)", "x in (1, 3)"),
    ],
)
def test_every_difference_counts(tmp_path, old, new):
    path = tmp_path / "m.py"
    text = "import numpy as np\na = b = 1\ndef f(x, y):\n    return {}\n"
    module = load(path, text.format(old))
    source_of(module.f)
    edit(path, text.format(new))
    with pytest.raises(SourceUnavailable):
        source_of(module.f)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def f(x, y): return x", "def f(y, x): return x"),
        ("def f(x, y): return x", "def f(x, *y): return x"),
        ("def f(x, y): return x", "def f(x, *, y): return x"),
        ("def f(x, y): return x", "def f(x, /, y): return x"),
        ("def f(x, y): return x", "def f(x, y):\n    y = 3\n    return x"),
        ("def f(x, y): return x", "def g(x, y): return x"),
        ("def f(x, y): return x", "def f(x, y): return x ]"),
        ("def f(x, y): return x", "\0"),
        ("def f(x, y): return x", ""),
        ("def f(x):\n    with x: return 1", "def f(x):\n    x.__enter__()\n    return 1"),
    ],
)
def test_every_difference_of_the_frame_counts(tmp_path, old, new):
    path = tmp_path / "m.py"
    module = load(path, old + "\n")
    source_of(module.f)
    edit(path, new + "\n")
    with pytest.raises(SourceUnavailable):
        source_of(module.f)


def test_a_deleted_file(tmp_path):
    path = tmp_path / "m.py"
    module = load(path, "def f(x):\n    return x * 2\n")
    path.unlink()
    with pytest.raises(SourceUnavailable, match="cannot be found"):
        source_of(module.f)


def test_changed_code():
    def f(x):
        return x + 1

    def g(x):
        return x + 2

    changed = f.__code__.replace(co_consts=(None, 5))
    f.__code__ = changed
    with pytest.raises(SourceUnavailable):
        source_of(f)
    f.__code__ = g.__code__
    assert text_of(f) == "def g(x):\n    return x + 2"


# --- functions without a file -----------------------------------------------------------


def test_exec_without_text():
    namespace = {}
    exec("def f(x):\n    return x", namespace)
    with pytest.raises(SourceUnavailable, match="cannot be found") as caught:
        source_of(namespace["f"])
    assert caught.value.origin.file == "<string>"
    assert "linecache.cache" in caught.value.hint


def test_exec_in_a_module_under_another_name():
    """The module's loader is not asked for the text of what is not the module's."""
    namespace = dict(globals())
    exec(compile("def f(x): return x", "generated_for_test.py", "exec"), namespace)
    with pytest.raises(SourceUnavailable, match="cannot be found"):
        source_of(namespace["f"])


def test_the_hint_for_exec_works():
    namespace = registered("def f(x):\n    return x * 2\n", "<made by a test>")
    source = source_of(namespace["f"])
    assert source.file == source.path == "<made by a test>"
    assert text_of(namespace["f"]) == "def f(x):\n    return x * 2"


def test_text_registered_without_a_last_line_end_or_with_other_line_ends():
    assert text_of(registered("f = lambda x: x", "<no end>")["f"]) == "lambda x: x"
    name, text = "<crlf>", "def f(x):\r\n    return x\r\n\r\ndef g(x):\r\n    return 2\r\n"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    namespace = {}
    exec(compile(text, name, "exec"), namespace)
    source = source_of(namespace["g"])
    assert source.origin(source.node.body[0]).text == "    return 2"


def test_equal_code_in_two_texts():
    """Such code objects are equal; their sources are not."""
    one = registered("def f(x): return x  # one", "<one>")["f"]
    two = registered("def f(x): return x  # two", "<two>")["f"]
    assert one.__code__ == two.__code__
    assert source_of(one).file == "<one>"
    assert source_of(two).file == "<two>"
    assert source_of(two).lines == ("def f(x): return x  # two",)


def test_a_text_registered_anew():
    old = registered("def f(x): return x + 1", "<cell>")["f"]
    source_of(old)
    new = registered("def f(x): return x + 2", "<cell>")["f"]
    assert text_of(new).endswith("x + 2")
    with pytest.raises(SourceUnavailable):
        source_of(old)


def test_interactive_and_top_level_await():
    text = "import asyncio\nawait asyncio.sleep(0)\nf = lambda x: x * 3\n"
    name = "<cell with await>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    last = ast.Interactive([ast.parse(text).body[-1]])
    namespace = {}
    exec(compile(last, name, "single"), namespace)
    assert text_of(namespace["f"]) == "lambda x: x * 3"


def test_future_flags_of_the_prompt():
    """A cell may inherit `from __future__` from an earlier one."""
    import __future__

    flags = __future__.annotations.compiler_flag
    text = "def f(x: undefined):\n    def g(y: also_undefined): return y\n    return g(x)\n"
    f = registered(text, "<flags>", flags=flags)["f"]
    assert text_of(f).startswith("def f(x: undefined)")


def test_doctest_functions():
    """doctest shows its examples to linecache while they run."""
    test = doctest.DocTestParser().get_doctest(
        ">>> f, g = lambda x: 1, lambda x: 2\n>>> source_of(g).node.body.value\n2\n",
        {"source_of": source_of},
        "example",
        None,
        0,
    )
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


def test_python_c():
    program = (
        "from srcad.frontend.source import source_of\n"
        "def f(x): return x\n"
        "try:\n    print(source_of(f).name)\n"
        "except OSError as error:\n    print(error.message)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    expected = "f\n" if sys.version_info >= (3, 13) else "the source of `f` cannot be found\n"
    assert done.stdout == expected, done.stderr


def test_zip_file(tmp_path, monkeypatch):
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("zipped_for_test.py", "def f(x):\n    return x * 7\n")
    monkeypatch.syspath_prepend(str(archive))
    import zipped_for_test

    assert text_of(zipped_for_test.f).endswith("x * 7")
    del sys.modules["zipped_for_test"]


@pytest.mark.parametrize(
    "thing", [math.sin, len, [].append, functools.partial(len), Model, Model().call, 3]
)
def test_only_python_functions(thing):
    with pytest.raises(SourceUnavailable, match="is not a Python function"):
        source_of(thing)


# --- the way a module was compiled ------------------------------------------------------


@pytest.mark.skipif("@pytest_ar" not in globals(), reason="pytest runs with --assert=plain")
def test_asserts_that_pytest_rewrote():

    def f(x, y):
        assert x > 0, f"{x} is not positive"
        assert (x < y < 10 or not math.isnan(x)) and [v for v in (x, y)]  # noqa: PT018
        assert (lambda: x)() == x
        assert all(v == (lambda w: w)(v) for v in [x])
        assert (n := x + 1) > x and n  # noqa: PT018
        if x:
            assert "x" not in "y"
        else:
            assert y

        def g(z):
            assert z
            return z * x

        h = lambda a: a * x
        return g, h

    text = text_of(f)
    assert "@py" not in text
    assert text.count("assert") == 8
    g, h = f(1, 2)
    assert text_of(g) == "def g(z):\n    assert z\n    return z * x"
    assert text_of(h) == "lambda a: a * x"


def test_lambda_inside_a_rewritten_assert():
    def check(first, second):
        return text_of(first) == "lambda x: x + 1" and text_of(second) == "lambda x: x + 2"

    assert check(lambda x: x + 1, lambda x: x + 2)


def test_a_rewritten_assert_is_compared_too(tmp_path):
    from _pytest.assertion import rewrite

    path = tmp_path / "m.py"
    text = "def f(x):\n    assert x > 1\n    return x\n"
    path.write_text(text)
    tree = ast.parse(text)
    rewrite.rewrite_asserts(tree, text.encode(), str(path))
    namespace = {}
    exec(compile(tree, str(path), "exec"), namespace)
    assert text_of(namespace["f"]) == text.strip()
    edit(path, text.replace("> 1", "> 2"))
    with pytest.raises(SourceUnavailable, match="edited") as caught:
        source_of(namespace["f"])
    assert "--assert=plain" in caught.value.hint


def test_assertion_pass_hook(tmp_path):
    """With this option pytest rewrites asserts into other code."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nenable_assertion_pass_hook = true\n")
    (tmp_path / "test_inner.py").write_text(
        "from srcad.frontend.source import source_of\n"
        "def f(x):\n    assert x > 0, 'no'\n    assert x\n    return x\n"
        "def test():\n    assert len(source_of(f).node.body) == 3\n"
    )
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("level", [0, 1, 2])
def test_optimised_code(tmp_path, level):
    """Asserts that were compiled away are no part of the tree."""
    text = (
        "def f(x):\n    'Doc.'\n    if __debug__:\n        assert x\n"
        "    else:\n        x = 1\n    return x\n"
    )
    path = tmp_path / "m.py"
    path.write_text(text)
    namespace = {}
    exec(compile(text, str(path), "exec", optimize=level), namespace)
    found = text_of(namespace["f"])
    assert ("assert" in found) == (level == 0)
    assert f"if {level == 0}:" in found


@pytest.mark.parametrize("option", ["-O", "-OO", "-B"])
def test_optimised_process(tmp_path, option):
    (tmp_path / "m.py").write_text("def f(x):\n    'Doc.'\n    assert x\n    return x\n")
    program = (
        "import m, sys\nfrom srcad.frontend.source import source_of\n"
        "print([type(s).__name__ for s in source_of(m.f).node.body])"
    )
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    done = subprocess.run(
        [sys.executable, option, "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([root, str(tmp_path)])},
    )
    expected = "Assert" if option == "-B" else "Pass"
    assert done.stdout == f"['Expr', '{expected}', 'Return']\n", done.stderr


def test_traced_and_warm_code():
    """Tracing (coverage, debuggers) and the specialising interpreter do not change the code."""

    def f(x):
        total = 0.0
        for k in range(100):
            total += x * k
        return total

    previous = sys.gettrace()
    sys.settrace(lambda *args: None)
    try:
        for _ in range(50):
            f(1.0)
        text = text_of(f)
    finally:
        sys.settrace(previous)
    assert text.startswith("def f(x):")


def test_no_warnings(tmp_path):
    """What Python says about a text was said when it was imported."""
    path = tmp_path / "m.py"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = load(path, "def f(x):\n    assert (x, 'always')\n    return x is 1, '\\d'\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        source_of(module.f)


def test_threads(tmp_path):
    names = range(20)
    module = load(
        tmp_path / "m.py", "".join(f"def f{n}(x):\n    return x * {n}\n\n" for n in names)
    )
    filters = list(warnings.filters)
    wrong = []

    def work():
        for n in names:
            if not text_of(getattr(module, f"f{n}")).endswith(f"x * {n}"):
                wrong.append(n)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert warnings.filters == filters


def test_cached(tmp_path):
    module = load(tmp_path / "m.py", "def f(x):\n    return x\n")
    assert source_of(module.f) is source_of(module.f)


# --- what cannot be differentiated ------------------------------------------------------


async def coroutine(x):
    return x


async def asynchronous_generator(x):
    yield x


def generator(x):
    inner = lambda: (yield 1)
    for k in range(3):
        x = yield x
    yield inner


@types.coroutine
def old_coroutine(x):
    yield x


def delegating(x):
    return (yield from generator(x))


@pytest.mark.parametrize(
    ("function", "message", "caret"),
    [
        (coroutine, "`async def`", "async def"),
        (asynchronous_generator, "`async def`", "async def"),
        (generator, "`yield`", "yield x"),
        (old_coroutine, "`yield`", "yield x"),
        (delegating, "`yield`", "yield from generator(x)"),
        (lambda x: (yield x), "`yield`", "yield x"),
    ],
)
def test_refused(function, message, caret):
    with pytest.raises(UnsupportedSyntax, match=message) as caught:
        srcad.vjp(function, 1.0)
    assert marked(caught.value.origin) == caret
    assert caught.value.origin.file == HERE


# --- places -----------------------------------------------------------------------------


def marked(origin):
    return origin.text[origin.column : origin.column + origin.width]


def places(function, kind):
    source = source_of(function)
    return [
        marked(source.origin(node)) for node in gast.walk(source.node) if isinstance(node, kind)
    ]


def test_places_of_statements():
    def f(x):
        with open(x) as y:
            x = y
        for k in x:
            pass
        if x:
            pass
        elif y:
            pass
        try:
            del k
        except ValueError:
            raise
        return (
            x
        )  # fmt: skip

    assert marked(source_of(f).origin(source_of(f).node)) == "def"
    assert places(f, gast.With) == ["with"]
    assert places(f, gast.For) == ["for"]
    assert places(f, gast.If) == ["if", "elif"]
    assert places(f, gast.Try) == ["try"]
    assert places(f, gast.ExceptHandler) == ["except"]
    assert places(f, gast.Delete) == ["del k"]
    assert places(f, gast.Return) == ["return ("]


def test_places_of_expressions():
    f = lambda x: x if x > 0 else (lambda y: y)(-x)
    source = source_of(f)
    assert marked(source.origin(source.node)) == "lambda x: x if x > 0 else (lambda y: y)(-x)"
    assert places(f, gast.UnaryOp) == ["-x"]
    assert places(f, gast.IfExp) == ["x if x > 0 else (lambda y: y)(-x)"]


def test_columns_are_characters():
    def f(θ, ω):
        été = "温度" + θ.name; return été @ ω  # fmt: skip

    origin = source_of(f).origin(source_of(f).node.body[1].value)
    assert marked(origin) == "été @ ω"
    assert origin.column == origin.text.index("été @ ω")
    assert places(f, gast.Attribute) == ["θ.name"]


def test_tabs():
    f = registered("def f(x):\n\tif x:\n\t\ty =\tx @ x\n\treturn y\n", "<tabs>")["f"]
    source = source_of(f)
    (origin,) = [
        source.origin(node) for node in gast.walk(source.node) if isinstance(node, gast.BinOp)
    ]
    assert marked(origin) == "x @ x"
    assert SrcadError("m", origin).__str__().split("\n")[2].endswith("| \t\t   \t^^^^^")


def test_places_of_nodes_without_a_position():
    def f(xs, y=1):
        return [x * y for x in xs if x]

    source = source_of(f)
    comprehension = source.node.body[0].value.generators[0]
    assert marked(source.origin(comprehension)) == "x"
    assert marked(source.origin(source.node.args)) == "xs"
    assert source.origin(gast.Add()).line == source.node.lineno


def test_every_place_is_within_its_line():
    for function in vars(sys.modules[__name__]).copy().values():
        if getattr(function, "__module__", None) != __name__ or not hasattr(function, "__code__"):
            continue
        try:
            source = source_of(function)
        except UnsupportedSyntax:
            continue
        for node in gast.walk(source.node):
            origin = source.origin(node)
            assert origin.text == source.lines[origin.line - 1]
            assert 0 <= origin.column <= origin.column + origin.width <= len(origin.text)


def test_other_encodings(tmp_path):
    path = tmp_path / "m.py"
    path.write_bytes(
        "# -*- coding: latin-1 -*-\ndef f(x):\n    é = x; return é\n".encode("latin-1")
    )
    f = load(path).f
    assert places(f, gast.Return) == ["return é"]
    path = tmp_path / "n.py"
    path.write_bytes(b"\xef\xbb\xbff = lambda x: x + 1\n")
    assert places(load(path).f, gast.BinOp) == ["x + 1"]


def test_form_feeds_and_continuations(tmp_path):
    module = load(
        tmp_path / "m.py",
        "a = 1\n\x0c\ndef f(x):\n    s = '''\n\u2028\x1c'''\n    return x \\\n        + 1\n",
    )
    assert text_of(module.f).endswith("return x + 1")
    assert places(module.f, gast.Return) == ["return x \\"]
