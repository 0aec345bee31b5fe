"""Every error that srcad raises: what went wrong, the user's line with a caret, the way out."""

import unicodedata
from dataclasses import dataclass

__all__ = [
    "ArgumentError",
    "CacheWarning",
    "CheckWarning",
    "CompilationError",
    "CotangentError",
    "EngineWarning",
    "GradientMismatch",
    "MissingRule",
    "NotFinite",
    "NotYetDifferentiated",
    "Origin",
    "SourceUnavailable",
    "SrcadError",
    "TangentError",
    "TapeMemoryError",
    "UnsafeMutation",
    "UnsupportedSyntax",
    "UnsupportedType",
]


@dataclass(frozen=True)
class Origin:
    r"""A place in the user's source.

    Args:
        file: a short name for the reader, such as `heat.py`.
        line: the line's number in that file, from 1.
        text: the line as it stands in the file, indentation included; empty if it is not known.
        column: characters of `text` before the place (characters, not bytes).
        width: how many characters to underline; 0 for the line as a whole.
        function: the name of the function that the line belongs to.

    >>> print(Origin("heat.py", 3, "    u = v @ w", 8, 5).render())
      heat.py:3 |     u = v @ w
                |         ^^^^^
    """

    file: str
    line: int
    text: str
    column: int = 0
    width: int = 0
    function: str = ""

    def render(self) -> str:
        """Return the place as it stands in error messages.

        Returns:
            `file:line`, the line's text when it is known, and the caret line when there is a width.
        """
        place = f"  {self.file}:{self.line}"
        text = self.text.rstrip()
        if not text:
            return place
        lines = [f"{place} | {text}"]
        before = text[: self.column]
        marked = text[self.column : self.column + self.width]
        if marked:
            # Tabs are repeated, so that the caret stands right at any tab width.
            indent = "".join("\t" if char == "\t" else " " * _cells(char) for char in before)
            carets = "^" * max(1, sum(map(_cells, marked)))
            lines.append(f"{' ' * len(place)} | {indent}{carets}")
        return "\n".join(lines)


def _cells(char: str) -> int:
    """Return how many terminal cells a character takes: 0 combining, 2 for East Asian wide."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


class SrcadError(Exception):
    r"""The base of all of srcad's errors: `except srcad.SrcadError` catches each of them.

    Args:
        message: what is wrong, in one sentence.
        origin: the place in the user's source, when there is one.
        hint: what to do about it.

    >>> place = Origin("heat.py", 14, '    with open("heat.txt") as file:', 4, 4, "heat")
    >>> print(SrcadError("`with` cannot be differentiated", place, "move it outside `heat`"))
    `with` cannot be differentiated
      heat.py:14 |     with open("heat.txt") as file:
                 |     ^^^^
      hint: move it outside `heat`
    """

    def __init__(self, message: str, origin: Origin | None = None, hint: str | None = None) -> None:
        self.message = message
        self.origin = origin
        self.hint = hint
        # The standard bases take one argument alone to be the message. `filename` and `lineno`
        # stay None: traceback would print the place of a SyntaxError a second time.
        super().__init__(str(self))

    def __str__(self) -> str:
        """Return the message, the place and the hint, below one another."""
        parts = [self.message]
        if self.origin is not None:
            parts.append(self.origin.render())
        if self.hint:
            # Further lines of a hint (a rule to write, say) keep their own indentation below it.
            parts.append("  hint: " + self.hint.replace("\n", "\n        "))
        return "\n".join(parts)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle and copy by the three arguments; the default would pass the rendered text."""
        return type(self), (self.message, self.origin, self.hint), self.__dict__.copy()


class UnsupportedSyntax(SrcadError, SyntaxError):
    """A statement or an expression that srcad does not differentiate.

    Cause: the function, or a helper that it calls with values that carry a derivative, uses a part
    of Python that srcad has no rule for.

    Example:
        async def energy(u):            # `async def` cannot be differentiated
            return u * u
        grad(energy)(3.0)

    The way out: move the statement outside the function, or into a helper that is called with
    values that need no derivative; the hint says which.
    """


class UnsupportedType(SrcadError, TypeError):
    """A value of a kind that srcad cannot follow.

    Cause: a variable that carries a derivative holds an object which is neither a number, an array
    nor a container of them, or is of one kind on one path and of another kind on another.

    Example:
        def total(x):
            members = set(x)            # has to be known before the program runs
            return sum(members)
        grad(total)([1.0, 2.0])

    The way out: keep such values in arrays, tuples, lists, dicts or dataclasses.
    """


class MissingRule(SrcadError, NotImplementedError):
    """A function without source and without a rule was called on a value that needs a derivative.

    Cause: srcad can neither read the function (it is written in C, say) nor knows its derivative.

    Example:
        def wave(x):
            return scipy.special.struve(0, x)   # no rule for `struve`
        grad(wave)(3.0)

    The way out: compute it outside, or write it with functions that have rules.
    """


class UnsafeMutation(SrcadError, ValueError):
    """Memory is written while two names that srcad cannot tell apart reach it.

    Cause: one of the names may be a view of the other, so that the derivative would depend on
    which; srcad refuses rather than guess.

    Example:
        def smooth(u, pick):
            v = u if pick else u[::-1]
            v[0] = 0.0                  # writes to memory that `u` may share
            return np.sum(u * v)
        grad(smooth)(np.ones(3), True)

    The way out: write `.copy()` where the hint says.
    """


class SourceUnavailable(SrcadError, OSError):
    """The text that a function was compiled from cannot be had.

    Cause: the function is built in, was made by `exec` or `python -c` without its text being kept,
    or its file was edited after it was imported: the text found is then no longer the program that
    runs, and its gradient would be the gradient of something else.

    Example:
        exec("def f(x): return x * x")
        grad(f)(3.0)                    # the source of `f` cannot be found

    The way out: put the function in a file; after an edit, import it again or restart Python.
    """


class CotangentError(SrcadError, ValueError):
    """A pullback was called with cotangents that do not fit the function's result.

    Cause: another tree structure, shape or dtype than the result has, at the leaf that is named.
    Or the `bwd` of a `custom_vjp` returns cotangents that do not fit its arguments.

    Example:
        y, pullback = vjp(np.sin, np.ones(3))
        pullback(np.ones(4))            # expected:  a float64 array of shape (3,)

    The way out: pass a cotangent like the result, `np.ones_like(y)` for instance.
    """


class TangentError(SrcadError, ValueError):
    """`jvp` was called with tangents that do not fit the primals.

    Cause: another tree structure, shape or dtype than the primals have, at the leaf that is named.
    Or the rule of a `custom_jvp` returns a tangent that does not fit its result.

    Example:
        jvp(np.sin, (np.ones(3),), (np.ones(4),))    # expected:  a float64 array of shape (3,)

    The way out: pass one tangent for each primal, like it: `np.ones_like(x)` for instance.
    """


class ArgumentError(SrcadError, TypeError):
    """`vjp`, `grad` or one of their kin was called with arguments that make no sense.

    Cause: the function is not callable, an argument number is out of range, an argument to
    differentiate is not numeric, or the result of a function given to `grad` is not a scalar.

    Example:
        def f(x): return x * x
        grad(f)("three")                # its argument `x` is a str

    The way out: as the message says; `argnums` leaves arguments without derivatives out.
    """


class CompilationError(SrcadError, RuntimeError):
    """The generated program is right but could not be compiled.

    Cause: Numba refused it, or its compiler failed.

    Example:
        @differentiable(engine="numba")
        def f(x):
            total = np.zeros(())
            total[...] = x * x          # a write to a 0-d array
            return total * x
        f.grad(3.0)

    The way out: `engine="numpy"` runs the same adjoint uncompiled; please report the program.
    """


class GradientMismatch(SrcadError, AssertionError):
    """A derivative is not the slope of the function: from `check=True` and `srcad.testing`.

    Cause: differences of the function itself, along one direction, give another number than the
    gradient, by more than their own error. Either the function has kinks or jumps so close by that
    no difference can avoid them, keeps something between calls, or the gradient is wrong.

    Example:
        @differentiable(check=True)     # stairs: the slope of each is 0, that of all together 1
        def f(x): return np.round(x, 12)
        f.grad(3.0)                     # is not the slope of the function

    The way out: check at another point, or take what it keeps out of the function. If neither is
    the reason and the gradient is srcad's, so is the fault: please report the function and its
    arguments.
    """


class TapeMemoryError(SrcadError, MemoryError):
    """What the reverse sweep must remember does not fit into memory.

    Cause: a loop overwrites values that its derivative reads, and every iteration's are kept.

    Example:
        def waves(u):
            for k in range(10**9):      # what this loop has to remember does not fit
                u = np.sin(u)
            return np.sum(u)
        grad(waves)(np.ones(10_000))

    The way out: fewer iterations or smaller arrays in one call; the hint says what would fit. The
    error is raised before any memory is taken.
    """


class CacheWarning(UserWarning):
    """The disk cache cannot be used, so programs are compiled anew in every process.

    Cause: its directory is missing, read-only, or open to other users (who could put code there).

    Example:
        os.environ["SRCAD_CACHE_DIR"] = "/dev/null/cache"
        def f(x): return x * x
        grad(f)(3.0)                    # cannot be used

    The way out: give srcad a directory that only you can write to; results are right either way.
    """


class CheckWarning(UserWarning):
    """A gradient was not checked, although `@differentiable(check=True)` asked for it.

    Cause: differences cannot tell what the slope of the function is there. It has a kink at that
    very point, is not finite or raises around it, gives another result each time it is run, or has
    so many jumps or so much rounding in it that its differences do not settle.

    Example:
        @differentiable(check=True)
        def f(x): return abs(x)         # one slope to the left, one to the right
        f.grad(0.0)                     # could not be checked

    The way out: none is needed, the gradient is what it would be unchecked. It is said once for
    each specialisation; to have that checked, make its first call at another point.
    """


class EngineWarning(UserWarning):
    """A call was handed to another engine than the one that was asked for.

    Cause: the program prints, or has something else in it that is not compiled, so that all calls
    are run by the slower NumPy engine. (A call that meets something which only Python does right,
    an integer beyond 64 bits say, is run again by that engine without a word.)

    Example:
        @differentiable(engine="numba")
        def f(x):
            print(x)
            return x * x
        f.grad(3.0)                     # `f` prints, so it runs at the array level

    The way out: take out what the message names, or choose that engine yourself: `engine="numpy"`.
    """


class NotFinite(SrcadError, FloatingPointError):
    """A NaN or an infinity enters a program or its adjoint: from `srcad.debug_nans`.

    Cause: a division by zero, the root or logarithm of a number that is not positive, an overflow;
    in the backward sweep, a function whose slope is infinite there.

    Example:
        def f(x): return np.sum(np.sqrt(x))     # is infinite in the backward sweep
        debug_nans(f)(np.array([0.0, 4.0]))

    The way out: keep the argument away from there, or choose before the function is called:
    `np.sqrt(np.where(x > 0.0, x, 1.0))`.
    """


class NotYetDifferentiated(SrcadError, AttributeError):
    """The adjoint of a function was asked for before there was one.

    Cause: srcad writes an adjoint for the kinds of arguments that a function is called with, so
    there is none before the first call.

    Example:
        @differentiable
        def f(x): return x * x
        f.adjoint_source                # has not been differentiated yet

    The way out: compute a gradient first, or ask for given arguments: `source(f, 3.0)`.
    """
