"""Errors print the user's line with a caret, once, and survive pickling and copying."""

import copy
import pickle
import subprocess
import sys
import traceback

import pytest

from srcad import errors
from srcad.errors import Origin, SrcadError, UnsupportedSyntax

PLACE = Origin("heat.py", 14, '    with np.errstate(all="ignore"):', 4, 4, "heat")
RENDERED = """\
`with` cannot be differentiated
  heat.py:14 |     with np.errstate(all="ignore"):
             |     ^^^^
  hint: move it outside `heat`"""

ALL = [
    (errors.SrcadError, Exception),
    (errors.UnsupportedSyntax, SyntaxError),
    (errors.UnsupportedType, TypeError),
    (errors.MissingRule, NotImplementedError),
    (errors.UnsafeMutation, ValueError),
    (errors.SourceUnavailable, OSError),
    (errors.CotangentError, ValueError),
    (errors.TangentError, ValueError),
    (errors.ArgumentError, TypeError),
    (errors.CompilationError, RuntimeError),
    (errors.GradientMismatch, AssertionError),
    (errors.TapeMemoryError, MemoryError),
    (errors.NotFinite, FloatingPointError),
    (errors.NotYetDifferentiated, AttributeError),
]
every_error = pytest.mark.parametrize(("kind", "standard"), ALL, ids=lambda kind: kind.__name__)


def test_the_list_is_complete():
    assert {kind for kind, _ in ALL[1:]} == set(SrcadError.__subclasses__())
    assert {name for name in errors.__all__ if isinstance(getattr(errors, name), type)} >= {
        kind.__name__ for kind, _ in ALL
    }


def made(kind):
    return kind("`with` cannot be differentiated", PLACE, "move it outside `heat`")


@every_error
def test_is_the_standard_error_too(kind, standard):
    error = made(kind)
    assert isinstance(error, SrcadError)
    assert isinstance(error, standard)
    assert (error.message, error.origin, error.hint) == (
        "`with` cannot be differentiated",
        PLACE,
        "move it outside `heat`",
    )


@every_error
def test_renders(kind, standard):
    assert str(made(kind)) == RENDERED


@every_error
def test_traceback_prints_it_once(kind, standard):
    name = f"{kind.__module__}.{kind.__qualname__}"
    assert "".join(traceback.format_exception_only(made(kind))) == f"{name}: {RENDERED}\n"


@pytest.mark.parametrize("kind", ["UnsupportedSyntax", "SourceUnavailable"])
def test_the_interpreter_prints_it_once(kind):
    """An uncaught error is printed by C code of its own, not by `traceback`."""
    program = (
        "from srcad.errors import *\n"
        f"raise {kind}('`with` cannot be differentiated', "
        f"{PLACE!r}, 'move it outside `heat`')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr.endswith(f"srcad.errors.{kind}: {RENDERED}\n")
    assert done.stderr.count("errstate") <= 2  # 3.13 shows the program's own line besides


@every_error
@pytest.mark.parametrize(
    "again",
    [copy.copy, copy.deepcopy]
    + [
        lambda e, p=protocol: pickle.loads(pickle.dumps(e, p))
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    ],
)
def test_pickles_and_copies(kind, standard, again):
    error = made(kind)
    error.add_note("in the third test")
    other = again(error)
    assert type(other) is kind
    assert str(other) == RENDERED
    assert (other.message, other.origin, other.hint) == (error.message, PLACE, error.hint)
    assert other.__notes__ == ["in the third test"]


@every_error
def test_message_alone(kind, standard):
    assert str(kind("no")) == "no"
    assert str(pickle.loads(pickle.dumps(kind("no")))) == "no"


def test_standard_attributes_claim_nothing():
    syntax, system = made(UnsupportedSyntax), made(errors.SourceUnavailable)
    assert (syntax.filename, syntax.lineno, syntax.msg) == (None, None, RENDERED)
    assert (system.errno, system.filename) == (None, None)


def test_hint_of_several_lines():
    error = SrcadError("m", hint="write\n@custom_vjp\ndef f(x):\n    return x")
    assert str(error) == (
        "m\n  hint: write\n        @custom_vjp\n        def f(x):\n            return x"
    )


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (Origin("a.py", 3, ""), "  a.py:3"),
        (Origin("a.py", 3, "", 4, 2), "  a.py:3"),
        (Origin("a.py", 3, "x = 1\n"), "  a.py:3 | x = 1"),
        (Origin("a.py", 3, "x = y", 4, 1), "  a.py:3 | x = y\n         |     ^"),
        # tabs are repeated under the text, whatever their width on the screen
        (Origin("a.py", 3, "\tx = y", 5, 1), "  a.py:3 | \tx = y\n         | \t    ^"),
        # wide characters take two cells, combining ones none
        (Origin("a.py", 3, "'温' + y", 6, 1), "  a.py:3 | '温' + y\n         |        ^"),
        (Origin("a.py", 3, "e\u0301 = y", 5, 1), "  a.py:3 | e\u0301 = y\n         |     ^"),
        (Origin("a.py", 3, "x = 温", 4, 1), "  a.py:3 | x = 温\n         |     ^^"),
        # a place beyond the line's end marks nothing, or what there is
        (Origin("a.py", 3, "x", 7, 2), "  a.py:3 | x"),
        (Origin("a.py", 3, "x = y", 4, 99), "  a.py:3 | x = y\n         |     ^"),
    ],
)  # fmt: skip
def test_caret(origin, expected):
    assert origin.render() == expected


def test_the_bars_stand_below_each_other():
    lines = Origin("a_long_name.py", 12345, "    u = v", 8, 1).render().split("\n")
    assert lines[0].index("|") == lines[1].index("|")
    assert lines[1].index("^") == lines[0].index("v", lines[0].index("|"))


def test_origin_is_a_value():
    assert Origin("a.py", 1, "x") == Origin("a.py", 1, "x")
    with pytest.raises(AttributeError):
        PLACE.line = 3


@every_error
def test_docstring_says_cause_example_and_way_out(kind, standard):
    if kind is not SrcadError:
        assert all(word in kind.__doc__ for word in ("Cause:", "Example:", "The way out:"))


def test_warnings_are_user_warnings():
    assert issubclass(errors.CacheWarning, UserWarning)
    assert issubclass(errors.EngineWarning, UserWarning)
