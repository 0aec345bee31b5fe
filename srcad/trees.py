"""Containers of numbers: taken apart into leaves, named, and put together again."""

import dataclasses
import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import repeat
from typing import Any, TypeAlias, cast

import numpy as np
import optree

from srcad.errors import ArgumentError

__all__ = [
    "Tree",
    "check_numeric",
    "children",
    "difference",
    "flatten",
    "flatten_up_to",
    "paths",
    "refusal",
    "show",
    "spread",
    "unflatten",
]

Tree: TypeAlias = optree.PyTreeSpec

NAMESPACE = "srcad"

# Types whose instances are leaves for certain: nearly all that is ever asked about.
_NUMBERS = frozenset(
    {bool, int, float, complex, np.bool, np.intp, np.float32, np.float64, np.complex128}
)
_PLAIN = _NUMBERS | {np.ndarray}
_LEAF: Tree = optree.tree_structure(cast(Any, 0.0), namespace=NAMESPACE)
_INEXACT = frozenset({np.float16, np.float32, np.float64, np.complex64, np.complex128})


def flatten(tree: object) -> tuple[list[object], Tree]:
    """Take a tree of containers apart.

    Containers are tuple, list, dict (by sorted keys), OrderedDict, defaultdict, NamedTuples and
    dataclasses; None is a container of nothing. Anything else is a leaf.

    Args:
        tree: any Python object.

    Returns:
        The leaves, and the structure that `unflatten` needs to put them together again.

    >>> leaves, structure = flatten({"w": [1.0, None], "b": (2, 3)})
    >>> leaves
    [2, 3, 1.0]
    >>> unflatten(structure, "xyz")
    {'w': ['z', None], 'b': ('x', 'y')}
    """
    if type(tree) in _PLAIN:
        return [tree], _LEAF
    # optree's own types stop at what it knows to be a tree.
    found = optree.tree_flatten(cast(Any, tree), namespace=NAMESPACE)
    leaves, structure = cast(tuple[list[object], Tree], found)
    kinds = set(map(type, leaves))
    if kinds <= _PLAIN:
        return leaves, structure
    unknown = [cls for cls in kinds if hasattr(cls, "__dataclass_fields__")]
    if not unknown:
        return leaves, structure
    for cls in unknown:
        _register_dataclass(cls)
    return flatten(tree)


def unflatten(structure: Tree, leaves: Iterable[object]) -> object:
    """Put leaves together to a tree of the given structure.

    A dataclass is made without its `__init__` and `__post_init__`, which may check or convert
    values that a derivative need not fit; what is not a field (a cache, say) is not there.

    Args:
        structure: as `flatten` gave it.
        leaves: as many as the structure has, in the order of `flatten`.

    Returns:
        New containers around the leaves.

    Raises:
        ValueError: when the number of leaves is not the structure's.
    """
    result: object = structure.unflatten(leaves)
    return result


def flatten_up_to(structure: Tree, tree: object) -> list[object] | None:
    """Take `tree` apart as far as `structure` goes.

    Args:
        structure: as `flatten` gave it.
        tree: any Python object.

    Returns:
        What stands in `tree` at each leaf of the structure, be it a leaf or not; None when the
        containers above the leaves differ.

    >>> flatten_up_to(flatten((1.0, 2.0))[1], (None, [3.0]))
    [None, [3.0]]
    """
    flatten(tree)  # so that its dataclasses are known
    try:
        return cast(list[object], structure.flatten_up_to(cast(Any, tree)))
    except ValueError:
        return None


def spread(prefix: object, tree: object) -> list[object] | None:
    """Give each leaf of a tree what stands in a prefix of the tree above it.

    Args:
        prefix: a tree that ends earlier, or at the leaves; None is a leaf of it.
        tree: any Python object.

    Returns:
        One item of the prefix for each leaf; None when it is no prefix.

    >>> spread((1, None), ({"a": 2.0, "b": 3.0}, 4.0))
    [1, 1, None]
    """
    flatten(tree)  # so that its dataclasses are known
    try:
        items = optree.broadcast_prefix(
            cast(Any, prefix), cast(Any, tree), none_is_leaf=True, namespace=NAMESPACE
        )
    except ValueError:
        return None
    leaves = optree.tree_leaves(cast(Any, tree), none_is_leaf=True, namespace=NAMESPACE)
    return [item for item, leaf in zip(items, leaves, strict=True) if leaf is not None]


def children(structure: Tree) -> list[Tree]:
    """Return the structures one level below, in order.

    >>> [show(child) for child in children(flatten((1.0, [2.0, 3.0]))[1])]
    ['*', '[*, *]']
    """
    return structure.children()


def paths(structure: Tree, root: str, skip: int = 0) -> list[str]:
    """Name every leaf by the expression that reaches it.

    Args:
        structure: as `flatten` gave it.
        root: the name of the tree itself.
        skip: how many levels from the top `root` stands for already.

    Returns:
        One name a leaf.

    >>> paths(flatten([1.0, {"w": 2.0}])[1], "x")
    ['x[0]', "x[1]['w']"]
    """
    return [accessor[skip:].codify(root) for accessor in structure.accessors()]


def show(structure: Tree, labels: Iterable[str] | None = None) -> str:
    """Print a structure as the expression that would build it.

    Args:
        structure: as `flatten` gave it.
        labels: what to print for each leaf; `*` when left out.

    Returns:
        The text.

    >>> show(flatten(({"w": 1.0, "b": 2.0}, None))[1])
    "({'b': *, 'w': *}, None)"
    """
    return _show(structure, repeat("*") if labels is None else iter(labels))


def difference(expected: Tree, got: Tree, root: str) -> tuple[str, str, str]:
    """Find the first place where two structures differ.

    Args:
        expected: one structure.
        got: another structure, not equal to it.
        root: the name of the trees.

    Returns:
        The place, what `expected` has there and what `got` has there.

    >>> difference(flatten((1.0, 2.0))[1], flatten((1.0, [2.0, 3.0]))[1], "out")
    ('out[1]', 'a number or an array', 'a list of 2')
    """
    if _node(expected) == _node(got):
        names = paths(expected.one_level() or expected, root)
        for name, one, other in zip(names, expected.children(), got.children(), strict=True):
            if one != other:
                return difference(one, other, name)
    return root, _describe_node(expected), _describe_node(got)


def refusal(leaf: object) -> str | None:
    """Say why a leaf is neither a number nor an array of numbers.

    Args:
        leaf: any Python object.

    Returns:
        None when the leaf is a bool, an int, a float, a complex, a scalar or an array of NumPy
        with dtype bool, integer, float16 to float64 or complex; the reason otherwise.

    >>> refusal(2.0)
    >>> refusal("two")
    'is a str'
    >>> refusal(np.array(["two"]))
    'is an array with dtype <U3'
    """
    cls = type(leaf)
    if cls in _NUMBERS:
        return None
    if isinstance(leaf, np.ndarray | np.generic):
        if cls is not np.ndarray and not isinstance(leaf, np.generic | np.memmap):
            return f"is {_article(cls)}, which computes unlike a plain array"
        if leaf.dtype.kind in "biu" or leaf.dtype.type in _INEXACT:
            return None
        noun = "an array" if isinstance(leaf, np.ndarray) else "a scalar"
        return f"is {noun} with dtype {leaf.dtype}"
    if isinstance(leaf, enum.IntEnum | enum.IntFlag):
        return None
    if isinstance(leaf, int | float | complex):
        return f"is {_article(cls)}, which may compute unlike a plain number"
    return f"is {_article(cls)}"


def check_numeric(leaves: Sequence[object], names: Sequence[str], role: str) -> None:
    """Refuse leaves that are neither numbers nor arrays of numbers.

    Args:
        leaves: any Python objects.
        names: one name a leaf.
        role: what the leaves are, for the message.

    Raises:
        ArgumentError: naming the first leaf that will not do.
    """
    for leaf, name in zip(leaves, names, strict=True):
        reason = refusal(leaf)
        if reason is not None:
            raise ArgumentError(f"{role} `{name}` {reason}", hint=_way_out(leaf))


def _way_out(leaf: object) -> str:
    """Say what to pass in place of a leaf that was refused."""
    match leaf:
        case np.ma.MaskedArray():
            return "pass the data and the mask as two arrays"
        case np.ndarray() if leaf.dtype.kind == "O":
            return "convert it to an array of floats: np.asarray(x, dtype=float)"
        case np.ndarray() if type(leaf) is not np.ndarray:
            return "convert it to a plain array: np.asarray(x)"
        case np.ndarray() | np.generic() if leaf.dtype.kind in "fc":
            return "convert it to float64 or complex128"
        case _ if hasattr(leaf, "__array__") and not isinstance(leaf, np.ndarray | np.generic):
            return "convert it to a NumPy array: np.asarray(x)"
        case _:
            return (
                "numbers, arrays and tuples, lists, dicts and dataclasses of them can be"
                " differentiated; bind anything else with functools.partial, or use grad, which"
                " passes arguments outside of argnums through"
            )


def _register_dataclass(cls: type) -> None:
    """Teach optree a dataclass: its fields are its children."""
    try:
        optree.register_pytree_node(
            cls,
            _dataclass_children,
            cast(Any, partial(_dataclass_rebuilt, cls)),
            path_entry_type=optree.GetAttrEntry,
            namespace=NAMESPACE,
        )
    except ValueError:
        # Another thread was faster; any other reason is not to be tried again for ever.
        if optree.register_pytree_node.get(cls, namespace=NAMESPACE) is None:
            raise


def _dataclass_children(
    instance: Any,
) -> tuple[list[object], tuple[str, ...], tuple[str, ...]]:
    """Return the values of the fields, and their names as metadata and as path entries."""
    fields = dataclasses.fields(instance)
    # A field with init=False need not have been set.
    names = tuple(field.name for field in fields if hasattr(instance, field.name))
    return [getattr(instance, name) for name in names], names, names


def _dataclass_rebuilt(cls: type, names: tuple[str, ...], values: Iterable[object]) -> object:
    """Return an instance with these values, frozen or not, without running its `__init__`."""
    instance: object = object.__new__(cls)
    for name, value in zip(names, values, strict=True):
        object.__setattr__(instance, name, value)
    return instance


def _show(structure: Tree, labels: Iterator[str]) -> str:
    if structure.is_leaf():
        return next(labels)
    cls = structure.type
    parts = [_show(child, labels) for child in structure.children()]
    entries = structure.entries()
    if cls is None or cls is type(None):
        return "None"
    if cls is tuple:
        return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
    if cls is list:
        return f"[{', '.join(parts)}]"
    if issubclass(cls, Mapping):
        items = ", ".join(f"{key!r}: {part}" for key, part in zip(entries, parts, strict=True))
        return f"{{{items}}}" if cls is dict else f"{cls.__name__}({{{items}}})"
    if names := getattr(cls, "_fields", None) or entries:
        parts = [
            f"{name}={part}" if isinstance(name, str) else part
            for name, part in zip(names, parts, strict=True)
        ]
    return f"{cls.__name__}({', '.join(parts)})"


def _node(structure: Tree) -> tuple[object, ...]:
    """Return what the top of two structures must have in common to be compared further down."""
    return structure.type, structure.is_leaf(), tuple(map(repr, structure.entries()))


def _describe_node(structure: Tree) -> str:
    """Say what stands at the top of a structure."""
    cls = structure.type
    if structure.is_leaf():
        return "a number or an array"
    if cls is None or cls is type(None):
        return "None"
    if issubclass(cls, Mapping):
        return f"{_article(cls)} with keys {structure.entries()!r}"
    if dataclasses.is_dataclass(cls):
        return f"{_article(cls)} with fields {structure.entries()!r}"
    return f"{_article(cls)} of {structure.num_children}"


def _article(cls: type) -> str:
    """Return a type's name with its article, and its module when that tells more."""
    name = cls.__qualname__.rpartition("<locals>.")[2]
    module = cls.__module__.partition(".")[0]
    if module not in ("builtins", "__main__", "collections"):
        name = f"{module}.{name}"
    return f"an {name}" if name[0] in "aeiouAEIOU" else f"a {name}"
