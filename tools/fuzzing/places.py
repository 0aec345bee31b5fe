"""Parts of arrays: elements, slices with steps of either sign, rows and columns, transposes."""

from fuzzing.scope import Length, Scope, Type

SLICES = {
    "-1": ("1:", ":-1", "1:", ":-1", ":0:-1", "-2::-1"),
    "-2": ("1:-1", "2:", ":-2", "1:-1", "-2:0:-1"),
    "": (":", ":", ":", "::-1"),
}


def element(scope: Scope) -> str:
    """An element of some array."""
    arrays = [name for name, kind in scope.types.items() if kind and _is_plain(kind[:2])]
    name = scope.pick(*arrays)
    parts = [_index(scope, name, axis) for axis in range(len(scope.types[name]))]
    return f"{name}[{', '.join(parts)}]"


def region(scope: Scope, kind: Type) -> str | None:
    """Part of an array that has a type; None if there is no such array."""
    if kind == ():
        return element(scope)
    if any(isinstance(length, int) for length in kind):
        return None
    parts = [_slice(scope, length) for length in kind]
    base = tuple(whole for whole, _ in parts)
    texts = [text for _, text in parts]
    if len(kind) == 1 and scope.chance(0.3):
        found = _row_or_column(scope, base[0], texts[0])
        if found:
            return found
    have = scope.of(base)
    if have:
        return f"{scope.pick(*have)}[{', '.join(texts)}]"
    turned = scope.of(base[::-1]) if len(base) == 2 else []
    return f"{scope.pick(*turned)}.T[{', '.join(texts)}]" if turned else None


def _row_or_column(scope: Scope, length: Length, text: str) -> str | None:
    matrices = [
        name
        for name, kind in scope.types.items()
        if len(kind) == 2 and length in kind and _is_plain(kind)
    ]
    if not matrices:
        return None
    name = scope.pick(*matrices)
    rows, columns = scope.types[name]
    number = scope.pick(*scope.indices)
    if columns == length and (rows != length or scope.chance(0.5)):
        whole = text == ":" and scope.chance(0.5)
        return f"{name}[{number}]" if whole else f"{name}[{number}, {text}]"
    return f"{name}[{text}, {number}]"


def _index(scope: Scope, name: str, axis: int) -> str:
    if isinstance(scope.types[name][axis], int):
        return str(scope.pick("0", "1", "-1"))
    number = scope.pick(*scope.indices)
    if scope.chance(0.06):
        return f"({number}) % {name}.shape[{axis}]"
    return number


def _slice(scope: Scope, length: Length) -> tuple[str, str]:
    """The length of the whole axis, and a slice of it that has a length."""
    ending = next(ending for ending in SLICES if str(length).endswith(ending))
    return str(length).removesuffix(ending), scope.pick(*SLICES[ending])


def _is_plain(kind: Type) -> bool:
    return all(length in ("n", "m") for length in kind)
