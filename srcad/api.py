"""The public functions that differentiate: `vjp`, `grad`, `jvp`, Jacobians and Hessians."""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, overload

from srcad.argnums import checked_argnums
from srcad.batched import run_program
from srcad.collectives import needs_program
from srcad.gradient import Gradient, GradientOptions
from srcad.jacobian import Jacobian, JacobianOptions
from srcad.pullback import Pullback, pull
from srcad.pushforward import linear, push
from srcad.target import Function, Target

__all__ = [
    "Pullback",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "linearize",
    "value_and_grad",
    "vjp",
]

# Mapped axes by name. They are bound by `vmap` only: a name that is not bound changes nothing.
ReduceAxes: TypeAlias = str | Sequence[str]


@overload
def vjp(
    fun: Function, *primals: object, has_aux: Literal[False] = False, reduce_axes: ReduceAxes = ()
) -> tuple[Any, Pullback]: ...


@overload
def vjp(
    fun: Function, *primals: object, has_aux: Literal[True], reduce_axes: ReduceAxes = ()
) -> tuple[Any, Pullback, Any]: ...


def vjp(
    fun: Function, *primals: object, has_aux: bool = False, reduce_axes: ReduceAxes = ()
) -> tuple[Any, ...]:
    """Run a function and return its result with the function that pulls cotangents back.

    Args:
        fun: the function to differentiate. Its arguments and its result are numbers, arrays and
            tuples, lists, dicts, NamedTuples, dataclasses and None of them, nested at will.
        primals: its positional arguments. They are never changed, even if `fun` writes to them.
        has_aux: whether `fun` returns a pair, of which only the first is differentiated and the
            second is any object.
        reduce_axes: names of mapped axes. In a function under `vmap(..., axis_name=...)`, the
            cotangent of a primal that is not mapped is summed over the examples; it is then the
            same for all of them. A name that is not bound changes nothing.

    Returns:
        `(primals_out, vjp_fun)`, or `(primals_out, vjp_fun, aux)` if `has_aux`. `vjp_fun` takes one
        cotangent with the structure, shapes and dtypes of `primals_out` and returns a tuple, one
        entry for each primal, of that primal's structure, shapes and dtypes. Integer and boolean
        leaves have cotangents of dtype `float0`. It can be called any number of times, from any
        thread.

    Raises:
        ArgumentError: when `fun` is not callable, or a leaf is neither a number nor an array.
        CotangentError: from `vjp_fun`, when a cotangent does not fit.
        TypeError: Python's own, when `fun` does not take so many arguments.

    >>> import numpy as np
    >>> def f(x, y):
    ...     return np.sin(x), np.cos(y)
    >>> primals, f_vjp = vjp(f, 0.5, 1.0)
    >>> xbar, ybar = f_vjp((-0.7, 0.3))
    >>> print(xbar)
    -0.61430779
    >>> print(ybar)
    -0.25244130
    """
    if reduce_axes:
        needs_program(reduce_axes, run_program)
    return pull(Target.of(fun), primals, has_aux)


def jvp(
    fun: Function, primals: Sequence[object], tangents: Sequence[object], has_aux: bool = False
) -> tuple[Any, ...]:
    """Run a function and push tangents of its arguments through it: forward mode.

    The price is that of a few runs of the function, and nothing is recorded: for the derivative
    along one direction, and for functions of few numbers with many results.

    Args:
        fun: the function to differentiate; as for `vjp`.
        primals: its positional arguments, a tuple or list. They are never changed.
        tangents: one tangent for each of them, of that primal's structure, shapes and dtypes.
            What stands for an integer or boolean leaf is not read: `float0` zeros, or None.
        has_aux: whether `fun` returns a pair, of which only the first is differentiated.

    Returns:
        `(primals_out, tangents_out)`, or `(primals_out, tangents_out, aux)` if `has_aux`.
        `tangents_out` has the structure, shapes and dtypes of `primals_out`, and arrays of its own;
        leaves of integers and booleans have the dtype `float0`.

    Raises:
        ArgumentError: when `fun` is not callable, for primals or tangents that are neither tuple
            nor list, and for a leaf that is neither a number nor an array.
        TangentError: when a tangent does not fit its primal.
        TypeError: Python's own, when `fun` does not take so many arguments.

    >>> jvp(lambda x, y: x * y, (3.0, 2.0), (1.0, 0.5))
    (6.0, 3.5)
    """
    return push(Target.of(fun), primals, tangents, has_aux)


def linearize(fun: Function, *primals: object, has_aux: bool = False) -> tuple[Any, ...]:
    """Run a function and return its result with the function that pushes tangents forward.

    In this version the program runs again for each tangent that is pushed, with its tangent beside
    it: it costs as much as `jvp`, and what the function prints is printed again.

    Args:
        fun: the function to differentiate; as for `vjp`.
        primals: its positional arguments. What is done to them later changes nothing.
        has_aux: whether `fun` returns a pair, of which only the first is differentiated.

    Returns:
        `(primals_out, f_jvp)`, or `(primals_out, f_jvp, aux)` if `has_aux`. `f_jvp` takes one
        tangent for each primal, of its structure, shapes and dtypes, and returns that of
        `primals_out`. It can be called any number of times, from any thread.

    Raises:
        ArgumentError: when `fun` is not callable, or a leaf is neither a number nor an array.
        TangentError: from `f_jvp`, when a tangent does not fit.
        TypeError: Python's own, when `fun` does not take so many arguments.

    >>> value, f_jvp = linearize(lambda x, y: x * y, 3.0, 2.0)
    >>> value, f_jvp(1.0, 0.0), f_jvp(0.0, 1.0)
    (6.0, 2.0, 3.0)
    """
    return linear(Target.of(fun), primals, has_aux)


def jacfwd(
    fun: Function,
    argnums: int | Sequence[int] = 0,
    has_aux: bool = False,
    holomorphic: bool = False,
) -> Jacobian:
    """Return the function that computes the Jacobian of another, column by column.

    It runs the function with its tangent once for each number to differentiate by: for functions
    of few numbers. `jacrev` is for those of many.

    Args:
        fun: the function to differentiate; as for `vjp`.
        argnums: which positional arguments to differentiate by: a number, or a sequence of them;
            negative ones count from the end. Other arguments may be any objects, and keyword
            arguments are passed through.
        has_aux: whether `fun` returns a pair, of which only the first is differentiated.
        holomorphic: whether `fun` is holomorphic; its arguments and its result are then complex.

    Returns:
        A function of the same arguments. It returns a tree like the result of `fun`; at each leaf
        is a tree like the argument, or a tuple of them if `argnums` is a sequence, of arrays of
        shape `out.shape + argument.shape`. If `has_aux`, it returns `(jacobian, aux)`.

    Raises:
        ArgumentError: when `fun` is not callable or `argnums` no numbers; from the function that is
            returned, for arguments that cannot be differentiated by.

    >>> import numpy as np
    >>> jacfwd(lambda x: x[:2] * x[1:])(np.array([1.0, 2.0, 3.0]))
    array([[2., 1., 0.],
           [0., 3., 2.]])
    """
    numbers = checked_argnums(argnums)
    return Jacobian(Target.of(fun), JacobianOptions(True, numbers, has_aux, holomorphic))


def jacrev(
    fun: Function,
    argnums: int | Sequence[int] = 0,
    has_aux: bool = False,
    holomorphic: bool = False,
    allow_int: bool = False,
) -> Jacobian:
    """Return the function that computes the Jacobian of another, row by row.

    It runs the function once, and its adjoint once for each number of the result: for functions
    with small results. `jacfwd` is for those with large ones.

    Args:
        fun: the function to differentiate; its result is real. As for `jacfwd`, like all that
            follows.
        argnums: which positional arguments to differentiate by.
        has_aux: whether `fun` returns a pair, of which only the first is differentiated.
        holomorphic: whether `fun` is holomorphic; its arguments and its result are then complex.
        allow_int: whether integers and booleans may be differentiated by, with `float0` blocks.

    Returns:
        What `jacfwd` returns.

    Raises:
        ArgumentError: as `jacfwd`, and for results that are not real.

    >>> import numpy as np
    >>> jacrev(lambda x: np.sum(x**2, axis=1))(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[[2., 4.],
            [0., 0.]],
    <BLANKLINE>
           [[0., 0.],
            [6., 8.]]])
    """
    numbers = checked_argnums(argnums)
    options = JacobianOptions(False, numbers, has_aux, holomorphic, allow_int)
    return Jacobian(Target.of(fun), options)


jacobian = jacrev
"""The same, under the name that JAX gives it too."""


def hessian(
    fun: Function,
    argnums: int | Sequence[int] = 0,
    has_aux: bool = False,
    holomorphic: bool = False,
) -> Jacobian:
    """Return the function that computes the second derivatives of a function.

    A pull inside a push (forward over reverse): one sweep for each number to differentiate by. For
    the product of a Hessian with a vector, `hvp` takes one.

    Args:
        fun: the function to differentiate; as for `jacrev`.
        argnums: which positional arguments to differentiate by.
        has_aux: whether `fun` returns a pair, of which only the first is differentiated.
        holomorphic: whether `fun` is holomorphic.

    Returns:
        A function of the same arguments. For a scalar `fun` of an array it returns an array with
        the shape of that array twice; else the trees of `jacfwd(jacrev(fun))`.

    Raises:
        ArgumentError: as `jacrev`.

    >>> import numpy as np
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([3.0, 2.0]))
    array([[4., 6.],
           [6., 0.]])
    """
    return jacfwd(jacrev(fun, argnums, has_aux, holomorphic), argnums, has_aux, holomorphic)


def hvp(fun: Function, primals: Sequence[object], tangents: Sequence[object]) -> Any:
    """Return the product of the Hessian of a scalar function with a vector.

    The tangent of the gradient (Pearlmutter 1994): one forward and one backward sweep, each with
    its tangent beside it, and no Hessian.

    Args:
        fun: the function to differentiate; its result is a real number (or a 0-d array).
        primals: its positional arguments, a tuple or list; all of them are differentiated by.
        tangents: the vector: one tangent for each of them, of its structure, shapes and dtypes.

    Returns:
        A tuple like `primals`: the derivative of the gradient along the tangents.

    Raises:
        ArgumentError, TangentError: as `grad` and `jvp`.

    >>> import numpy as np
    >>> hvp(lambda x: x[0] ** 2 * x[1], (np.array([3.0, 2.0]),), (np.array([1.0, 0.0]),))
    (array([4., 6.]),)
    """
    gradient = grad(fun, tuple(range(len(primals))))
    return jvp(gradient, primals, tangents)[1]


def grad(
    fun: Function,
    argnums: int | Sequence[int] = 0,
    has_aux: bool = False,
    holomorphic: bool = False,
    allow_int: bool = False,
    reduce_axes: ReduceAxes = (),
) -> Gradient:
    """Return the function that computes the gradient of a scalar function.

    Args:
        fun: the function to differentiate; its result is a real number (or a 0-d array).
        argnums: which positional arguments to differentiate by: a number, or a sequence of them;
            negative ones count from the end. Other arguments may be any objects, and keyword
            arguments are passed through.
        has_aux: whether `fun` returns a pair, of which only the first is differentiated.
        holomorphic: whether `fun` is holomorphic; its arguments and its result are then complex.
        allow_int: whether integers and booleans may be differentiated by, with `float0` gradients.
        reduce_axes: names of mapped axes; see `vjp`.

    Returns:
        A function of the same arguments. It returns a gradient of the structure, shapes and dtypes
        of the argument, a tuple of them if `argnums` is a sequence, and `(gradient, aux)` if
        `has_aux`. For a complex z = x + iy it is df/dx - i df/dy, as in JAX.

    Raises:
        ArgumentError: when `fun` is not callable or `argnums` no numbers; from the function that is
            returned, for arguments that cannot be differentiated by and results that are no scalar.

    >>> def f(x, y, power=2):
    ...     return x * y**power
    >>> grad(f)(3.0, 2.0)
    4.0
    >>> grad(f, argnums=(0, 1))(3.0, 2.0, power=3)
    (8.0, 36.0)
    """
    numbers = checked_argnums(argnums)
    names = (reduce_axes,) if isinstance(reduce_axes, str) else tuple(reduce_axes)
    options = GradientOptions(numbers, has_aux, holomorphic, allow_int, reduce_axes=names)
    return Gradient(Target.of(fun), options)


def value_and_grad(
    fun: Function,
    argnums: int | Sequence[int] = 0,
    has_aux: bool = False,
    holomorphic: bool = False,
    allow_int: bool = False,
    reduce_axes: ReduceAxes = (),
) -> Gradient:
    """Return the function that computes a scalar function's value and its gradient together.

    It is what `scipy.optimize.minimize(..., jac=True)` asks for.

    Args:
        fun: the function to differentiate; as for `grad`, like all that follows.
        argnums: which positional arguments to differentiate by.
        has_aux: whether `fun` returns a pair, of which only the first is differentiated.
        holomorphic: whether `fun` is holomorphic.
        allow_int: whether integers and booleans may be differentiated by.
        reduce_axes: names of mapped axes; see `vjp`.

    Returns:
        A function of the same arguments, which returns `(value, gradient)`, or
        `((value, aux), gradient)` if `has_aux`.

    Raises:
        ArgumentError: as `grad`.

    >>> value_and_grad(lambda x: x**2)(3.0)
    (9.0, 6.0)
    """
    numbers = checked_argnums(argnums)
    names = (reduce_axes,) if isinstance(reduce_axes, str) else tuple(reduce_axes)
    options = GradientOptions(numbers, has_aux, holomorphic, allow_int, True, names)
    return Gradient(Target.of(fun), options)
