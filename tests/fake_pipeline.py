"""A stand-in for `srcad.pipeline`: derivatives by central differences of the function itself.

It has the pipeline's interface and is right to about seven digits, on functions without side
effects. So the API can be tested alone.
"""

import copy
from dataclasses import dataclass

import numpy as np

from srcad import trees
from srcad.cotangents import check_gradient_output, leaf_type, split_aux

STEP = 1e-6


@dataclass(frozen=True)
class Options:
    engine: str = "auto"


class Specialisation:
    def __init__(self, function, structure, wrt, has_aux, differentiable):
        self.function = function
        self.structure = structure
        self.has_aux = has_aux
        self.differentiable = differentiable
        self.array_source = f"# the adjoint of {function!r} by {wrt}\n"
        self.loop_source = self.array_source + "# in loops\n"

    def run(self, leaves):
        args, kwargs = trees.unflatten(self.structure, copy.deepcopy(list(leaves)))
        result = self.function(*args, **kwargs)
        return split_aux(result) if self.has_aux else (result, None)

    def forward(self, leaves):
        result, aux = self.run(leaves)
        return result, aux, copy.deepcopy(list(leaves))

    def backward(self, saved, cotangents):
        return tuple(
            self.bar(saved, cotangents, index) if active else None
            for index, active in enumerate(self.differentiable)
        )

    def value_and_grad(self, leaves):
        result, aux, saved = self.forward(leaves)
        check_gradient_output(result, holomorphic=isinstance(result, complex))
        return result, aux, self.backward(saved, (1.0,))

    def bar(self, saved, cotangents, index):
        leaf = saved[index]
        size = np.size(leaf)
        bar = np.zeros(size, np.result_type(leaf, np.float64))
        for place in range(size):
            bar[place] = self.partial(saved, cotangents, index, place, 1.0)
            if bar.dtype.kind == "c":
                bar[place] -= 1j * self.partial(saved, cotangents, index, place, 1j)
        if not bar.any():
            return None
        return bar.reshape(np.shape(leaf))

    def partial(self, saved, cotangents, index, place, direction):
        """Return the derivative of <cotangents, result> along one component of one leaf."""
        sides = []
        for sign in (1.0, -1.0):
            leaf = saved[index]
            wide = np.array(leaf, np.result_type(leaf, np.float64)).reshape(-1)
            wide[place] += sign * STEP * direction
            moved = wide.reshape(np.shape(leaf))
            if not isinstance(leaf, np.ndarray):
                moved = moved.item() if isinstance(leaf, float | complex) else moved[()]
            result, _ = self.run([*saved[:index], moved, *saved[index + 1 :]])
            out, _ = trees.flatten(result)
            pairs = zip(cotangents, out, strict=True)
            sides.append(sum(np.sum(ct * y).real for ct, y in pairs if ct is not None))
        return (sides[0] - sides[1]) / (2 * STEP)


def specialise(function, args, kwargs, wrt, has_aux, options):
    leaves, structure = trees.flatten((args, kwargs))
    differentiable = tuple(
        wanted and leaf_type(leaf).differentiable for leaf, wanted in zip(leaves, wrt, strict=True)
    )
    return Specialisation(function, structure, wrt, has_aux, differentiable)


def source(function, args, kwargs, options, level):
    leaves, _ = trees.flatten((args, kwargs))
    wrt = tuple(trees.refusal(leaf) is None for leaf in leaves)
    made = specialise(function, args, kwargs, wrt, False, options)
    return made.array_source if level == "array" else made.loop_source
