"""The golden functions: `tests/golden/NAME.py` has a function NAME and the ARGS to call it with.

Beside it stand NAME_adjoint.py, which srcad wrote for those arguments at the array level, and
NAME_loops.py at the loop level; beside some, NAME_tangent.py, in forward mode. ARGNUMS, if it is
there, says which arguments to differentiate by.

`python -m tests.goldens` prints all of it as JSON, for processes that compare.
"""

import copy
import importlib
import json
import sys
from pathlib import Path

from srcad import pipeline, trees
from srcad.loops.elements import Unsupported
from srcad.tangents import tangent_program

FOLDER = Path(__file__).parent / "golden"
LEVELS = {"array": "adjoint", "loops": "loops"}
TANGENTS = ("branch", "diffusion", "gauss_seidel", "kepler", "network", "solve")
"""The golden functions whose tangent programs are kept, too, at the array level."""
ENDINGS = (*LEVELS.values(), "tangent")
NAMES = sorted(file.stem for file in FOLDER.glob("*.py") if not file.stem.endswith(ENDINGS))


class Golden:
    """One golden function, and what srcad makes of it."""

    def __init__(self, name):
        module = importlib.import_module(f"tests.golden.{name}")
        self.name = name
        self.function = getattr(module, name)
        self._args = module.ARGS
        self.argnums = getattr(module, "ARGNUMS", tuple(range(len(module.ARGS))))

    @property
    def args(self):
        return copy.deepcopy(self._args)

    @property
    def wrt(self):
        """For each leaf of the arguments, whether its bar is wanted."""
        return tuple(
            number in self.argnums
            for number, arg in enumerate(self._args)
            for _ in trees.flatten(arg)[0]
        )

    @property
    def specialisation(self):
        options = pipeline.Options(engine="numpy")
        return pipeline.specialise(self.function, self.args, {}, self.wrt, False, options)

    @property
    def seeded(self):
        """The leaves of the result that some number among the arguments moves."""
        options, every = pipeline.Options(engine="numpy"), (True,) * len(self.wrt)
        return pipeline.specialise(self.function, self.args, {}, every, False, options).shared.order

    def written(self, level):
        """What srcad writes now; None where there is no loop level."""
        made = self.specialisation
        if level == "array":
            return made.array_source
        try:
            return made.loop_source
        except Unsupported:
            return None

    def file(self, level):
        """Where what it wrote before is kept."""
        return FOLDER / f"{self.name}_{LEVELS[level]}.py"

    @property
    def tangent(self):
        """The tangent program."""
        flat = trees.flatten((self.args, {}))
        options = pipeline.Options(engine="numpy")
        return tangent_program(self.function, self.args, {}, self.wrt, False, options, flat)

    @property
    def tangent_file(self):
        """Where the tangent program that was written before is kept."""
        return FOLDER / f"{self.name}_tangent.py"


def all_written():
    """Every text, and for what fails its error: failures are told by `test_golden`."""
    texts = {}
    for name in NAMES:
        for level in LEVELS:
            try:
                texts[f"{name}-{level}"] = Golden(name).written(level)
            except Exception as error:
                texts[f"{name}-{level}"] = repr(error)
    for name in TANGENTS:
        texts[f"{name}-tangent"] = Golden(name).tangent.array_source
    return texts


if __name__ == "__main__":
    json.dump(all_written(), sys.stdout)
