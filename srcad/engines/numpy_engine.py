"""The NumPy engine: runs the array level as it stands, and is what the other is checked against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from srcad.emit.generated import Generated
from srcad.emit.ownership import owned_results
from srcad.engines.direct import Direct
from srcad.engines.modules import load_cached, without_warnings
from srcad.transforms.derivative import Derivative


class Engine:
    """The pair of functions of a derivative."""

    def __init__(self, generated: Generated, derivative: Derivative) -> None:
        name = derivative.program.function.name
        namespace, _ = load_cached(generated.array, name, generated.constants)
        self.count = len(derivative.primal.body.results)
        self.seeds = derivative.seeded
        self.fwd: Callable[..., Any] = namespace[generated.fwd_name]
        self.bwd: Callable[..., Any] = without_warnings(namespace[generated.bwd_name])
        self.single = len(derivative.inputs) == 1
        self.generated = generated

    def forward(self, inputs: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The results and the residuals."""
        out, saved = self.fwd(*inputs)
        return (out,) if self.count == 1 else out, saved

    def backward(self, saved: tuple[Any, ...], seeds: Sequence[Any]) -> tuple[Any, ...]:
        """The bars of the inputs."""
        found = self.bwd(saved, *seeds)
        return (found,) if self.single else found

    def value_and_grad(
        self, inputs: Sequence[Any], check: Callable[[Any], None]
    ) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The results and the gradient of the first of them."""
        results, saved = self.forward(inputs)
        check(results)
        seeds = tuple(_one(results[i]) for i in self.seeds[:1])
        return results, self.backward(saved, seeds)

    def direct(self, inputs: Sequence[Any]) -> Direct | None:
        """What `value_and_grad` runs for inputs like these, if there is one result."""
        if self.count != 1 or not self.seeds:
            return None
        fwd, bwd = self.fwd, self.bwd

        def both(*inputs: Any) -> tuple[Any, Any]:
            value, saved = fwd(*inputs)
            return value, bwd(saved, _one(value))

        owned = owned_results(self.generated.array, self.generated.bwd_name)
        return Direct(both, None, (), owned, self.single)


_ONE = np.float64(1.0)


def _one(result: Any) -> Any:
    """The seed of a gradient: a scalar of the result's dtype."""
    return _ONE if isinstance(result, float) else np.ones_like(result)[()]
