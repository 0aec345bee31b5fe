"""What is known of the bools of a program on the way to a place: which of them go together.

A branch that sets two flags leaves a table of the values that they have together, so that a test of
one of them says what the other is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from srcad.ir.nodes import Atom, Const, Var

Row = tuple[bool | None, ...]
"""Values that bools have at the same time; None for one that may be either."""

MOST_ROWS = 32
"""Of flags that have more combinations than this, nothing is known."""


@dataclass(frozen=True)
class Table:
    """The combinations of values that some variables can have."""

    columns: tuple[Var, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Facts:
    """What is known at one place; values are never assigned twice, so it stays true after it."""

    values: Mapping[Var, bool] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    opposites: Mapping[Var, Var] = field(default_factory=dict)

    def of(self, atom: Atom) -> bool | None:
        """The value of a bool, None if it may be either."""
        if isinstance(atom, Const):
            return bool(atom.value) if isinstance(atom.value, bool | np.bool_) else None
        if atom in self.opposites:
            value = self.of(self.opposites[atom])
            return None if value is None else not value
        return self.values.get(atom)

    def opposite(self, var: Var, of: Atom) -> Facts:
        """What is known when one variable is `not` another."""
        if not isinstance(of, Var):
            return self
        return replace(self, opposites={**self.opposites, var: of})

    def assume(self, atom: Atom, value: bool) -> Facts:
        """What is known where a bool has a value."""
        while isinstance(atom, Var) and atom in self.opposites:
            atom, value = self.opposites[atom], not value
        if isinstance(atom, Const):
            return self
        return self._followed({**self.values, atom: value}, self.tables)

    def together(self, columns: Sequence[Var], rows: Iterable[Row]) -> Facts:
        """What is known when some variables have one of these combinations of values."""
        rows = tuple(rows)
        if not rows or not any(any(value is not None for value in row) for row in rows):
            return self
        return self._followed(dict(self.values), (*self.tables, Table(tuple(columns), rows)))

    def _followed(self, values: dict[Var, bool], tables: tuple[Table, ...]) -> Facts:
        """Leave out the rows that cannot be, until nothing follows from that any more."""
        while True:
            before = len(values)
            tables = tuple(_possible(table, values) for table in tables)
            for table in tables:
                for place, var in enumerate(table.columns):
                    seen = {row[place] for row in table.rows}
                    if len(seen) == 1 and (value := seen.pop()) is not None:
                        values.setdefault(var, value)
            if len(values) == before:
                return replace(self, values=values, tables=tables)

    def combinations(self, atoms: Sequence[Atom]) -> tuple[Row, ...]:
        """The values that some atoms can have together."""
        unknown = {self._base(atom) for atom in atoms if self.of(atom) is None}
        found: list[dict[Var, bool | None]] = [{}]
        for table in self.tables:
            places = [i for i, var in enumerate(table.columns) if var in unknown]
            if not places:
                continue
            parts = dict.fromkeys(tuple(row[i] for i in places) for row in table.rows)
            names = [table.columns[i] for i in places]
            found = [
                {**known, **dict(zip(names, part, strict=True))}
                for known in found
                for part in parts
                if all(known.get(n) in (None, v) for n, v in zip(names, part, strict=True))
            ]
            if len(found) > MOST_ROWS:
                found = [{}]
                break
        rows = [tuple(self._within(atom, known) for atom in atoms) for known in found]
        return tuple(dict.fromkeys(rows))

    def _base(self, atom: Atom) -> Atom:
        while isinstance(atom, Var) and atom in self.opposites:
            atom = self.opposites[atom]
        return atom

    def _within(self, atom: Atom, known: Mapping[Var, bool | None]) -> bool | None:
        if (value := self.of(atom)) is not None:
            return value
        if isinstance(atom, Var) and atom in self.opposites:
            value = self._within(self.opposites[atom], known)
            return None if value is None else not value
        return known.get(atom) if isinstance(atom, Var) else None


def _possible(table: Table, values: Mapping[Var, bool]) -> Table:
    """A table without the rows that contradict what is known; all of them where none is left."""
    fixed = [(i, values[var]) for i, var in enumerate(table.columns) if var in values]
    rows = tuple(row for row in table.rows if all(row[i] in (None, value) for i, value in fixed))
    return replace(table, rows=rows or table.rows)
