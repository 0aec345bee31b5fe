"""The loop level against the array level, without compiling: three functions on paper."""

import copy
from typing import Any

from fuzzing.case import Wrong
from fuzzing.engines import Truth, check_bars
from fuzzing.numbers import (
    close,
    constant_like,
    finite,
    leaves,
    rebuilt,
    same,
    shown,
)
from fuzzing.paper import paper, ready
from srcad import pipeline
from srcad.loops.elements import Unsupported
from srcad.runtime.compiled import Bail

REFUSED = "no loop level"
UNBOUND = "left to the compiler"
OTHERS = "written for other sizes"
BAILED = "left to the array level"
AGREED = "loop level"
FUSED = "loop level, with value_and_grad"


def check_loops(truth: Truth, papers: dict[int, Any]) -> str:
    """Check what the loop level computes for a call; tell how far that came.

    Args:
        truth: the call, and what the array level found.
        papers: the loop levels that have been written for the program.
    """
    made = truth.pullback.specialisation
    if id(made.shared) not in papers:
        papers[id(made.shared)] = made.shared, _written(made)
    _, functions = papers[id(made.shared)]
    if functions is None:
        return REFUSED
    if not made.shared.fits(made._inputs(copy.deepcopy(leaves(truth.call)))):
        # Written late, it is for the sizes of an earlier call, which the array level did not ask.
        return OTHERS
    name = made.shared.derivative.program.function.name
    inputs = ready(made._inputs(copy.deepcopy(leaves(truth.call))))
    kept = copy.deepcopy(inputs)
    try:
        out, saved = functions[f"{name}_fwd"](*inputs)
    except (Bail, ZeroDivisionError):  # compiled, a division by zero is infinite
        return BAILED
    except UnboundLocalError:  # compiled, it is a null that nobody looks at
        return UNBOUND
    except Exception as error:
        raise Wrong(f"raises {type(error).__name__}, loop level", shown(error)) from error
    if not same(inputs, kept):
        raise Wrong("arguments changed, loop level")
    results = (out,) if len(made.shared.derivative.primal.body.results) == 1 else out
    for leaf, other in zip(
        leaves(pipeline.build(made.shared.template, results)), leaves(truth.expected), strict=True
    ):
        if not close(leaf, other, truth.tolerance * 0.01):
            raise Wrong("value, loop level", f"{shown(leaf)} instead of {shown(other)}")
    both = functions.get(f"{name}_value_and_grad")
    fused = both is not None and f"{name}_bwd" not in both.__code__.co_names
    try:
        if made.shared.derivative.inputs:
            _check_backward(made, functions[f"{name}_bwd"], saved, truth)
        if fused:  # else it is the two others
            _check_fused(made, both, truth)
    except ZeroDivisionError:  # compiled, it is infinite
        return UNBOUND
    return FUSED if fused else AGREED


def _written(made: pipeline.Specialisation) -> dict[str, Any] | None:
    try:
        return paper(made)
    except Unsupported:
        return None
    except Exception as error:
        raise Wrong(f"raises {type(error).__name__}, writing the loop level", str(error)) from error


def _check_backward(made: pipeline.Specialisation, backward: Any, saved: Any, truth: Truth) -> None:
    """The gradient, twice, of which the first call must not change what the second one reads."""

    def run(weights: Any) -> Any:
        flat = leaves(weights)
        seeds = tuple(flat[place] for place in made.shared.order)
        kept = copy.deepcopy((saved, seeds))
        try:
            found = backward(saved, *seeds)
        except ZeroDivisionError:
            raise
        except Exception as error:
            raise Wrong(
                f"raises {type(error).__name__}, loop level backwards", shown(error)
            ) from error
        if not same(saved, kept[0]):
            raise Wrong("residuals changed, loop level")
        if not same(seeds, kept[1]):
            raise Wrong("cotangents changed, loop level")
        return copy.deepcopy(found)

    found = run(truth.weights)
    check_bars(_placed(made, found), leaves(truth.bars), truth.tolerance, "loop level")
    if not same(run(truth.weights), found):
        raise Wrong("another gradient the second time, loop level")
    nothing = _like(truth.expected, 0.0)
    zeros = [constant_like(leaf, 0.0) for leaf in leaves(truth.bars)]
    if finite(found):
        check_bars(_placed(made, run(nothing)), zeros, 1e-300, "loop level, of nothing")


def _check_fused(made: pipeline.Specialisation, both: Any, truth: Truth) -> None:
    """Value and gradient in one function."""
    inputs = ready(made._inputs(copy.deepcopy(leaves(truth.call))))
    kept = copy.deepcopy(inputs)
    try:
        value, found = both(*inputs)
    except ZeroDivisionError:
        raise
    except Bail:
        return
    except Exception as error:
        raise Wrong(f"raises {type(error).__name__}, value_and_grad", shown(error)) from error
    if not same(inputs, kept):
        raise Wrong("arguments changed, value_and_grad")
    if not close(value, truth.expected, truth.tolerance * 0.01):
        raise Wrong("value, value_and_grad", f"{shown(value)} instead of {shown(truth.expected)}")
    expected = truth.pullback(1.0)
    check_bars(_placed(made, found), leaves(expected), truth.tolerance, "value_and_grad")


def _like(tree: Any, value: float) -> Any:
    return rebuilt(tree, [constant_like(leaf, value) for leaf in leaves(tree)])


def _placed(made: pipeline.Specialisation, found: Any) -> list[Any]:
    """The bars of all arguments; None for those that the function gives none of."""
    bars = (found,) if len(made.shared.derivative.inputs) == 1 else found
    return [None if place is None else bars[place] for place in made.shared.bars]
