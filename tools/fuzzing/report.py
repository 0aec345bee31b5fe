"""What a run tells: each failure as an entry of the corpus, and at its end, what was done."""

import ast
import textwrap
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fuzzing.case import Case, Outcome, Wrong
from fuzzing.numbers import has_holes

EXACTLY = {"threshold": 10**9, "precision": 17, "floatmode": "unique", "separator": ", "}


@dataclass
class Report:
    """The sums of a run."""

    programs: int = 0
    statements: int = 0
    compiled: int = 0
    checks: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    def add(self, case: Case, outcome: Outcome, compiled: bool) -> None:
        """Count a case."""
        self.programs += 1
        self.statements += case.statements
        self.compiled += compiled
        self.checks += outcome.counts
        if outcome.refusal:
            self.refusals[outcome.refusal] += 1
        if outcome.failure:
            self.failures[outcome.failure.kind] += 1

    def summary(self, first: int, after: int, seconds: float) -> str:
        """The lines at the end of a run."""
        rate = 60 * self.programs / max(seconds, 1e-3)
        lines = [
            f"{self.programs} programs of {self.statements} lines, {self.compiled} of them compiled"
            f" (seeds {first} to {after - 1}, {rate:.0f} a minute)"
        ]
        for title, counts in (
            ("checked", self.checks),
            ("refused", self.refusals),
            ("failed", self.failures),
        ):
            lines.append(f"{title}: {'' if counts else 'none'}".rstrip())
            lines += [f"  {count:6}  {what}" for what, count in sorted(counts.items())]
        return "\n".join(lines)


def entry(case: Case, failure: Wrong, seed: int, compiled: bool = False) -> str:
    """A failure as it goes into a file of tests/programs: the functions, and a line of PROGRAMS."""
    tree = ast.parse(case.source)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    name = f"found_{seed}"
    functions[-1].name = name
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    head = "".join(ast.unparse(node) + "\n" for node in imports if "numpy" not in ast.dump(node))
    body = head + "\n\n\n".join(map(ast.unparse, functions))
    calls = "\n".join(f"    ({name}, {arguments_text(call)})," for call in case.calls)
    detail = textwrap.shorten(failure.detail, 400)
    return (
        f"# seed {seed}: {failure.kind}\n# {detail}\n{body}\n\n\nPROGRAMS = [\n{calls}\n]\n"
        f"# tools/fuzz --seed {seed} --programs 1 --compile {int(compiled)}"
    )


def arguments_text(call: tuple[Any, ...]) -> str:
    """The arguments of a call as an expression."""
    texts = [_text(value) for value in call]
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"


def _text(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return repr(value)
    inside = " ".join(np.array2string(value, **EXACTLY).split()) if value.size else "[]"
    if has_holes(value):
        return f"np.repeat({_text(value.copy(order='C'))}, 2, axis=-1)[..., ::2]"
    dtype = "" if value.dtype in (np.float64, np.int64) and value.size else f", np.{value.dtype}"
    order = ", order='F'" if value.flags.f_contiguous and not value.flags.c_contiguous else ""
    shape = "" if value.size else f".reshape{value.shape}"
    return f"np.array({inside}{dtype}{order}){shape}"
