"""What a program tells its derivatives: values that they take to be constant."""

from typing import TypeVar, cast

from srcad import trees

__all__ = ["stop_gradient"]

Tree = TypeVar("Tree")


def stop_gradient(tree: Tree) -> Tree:
    """Return what it is given; to a derivative, in either mode, that is a constant.

    Args:
        tree: a number, an array, or tuples, lists, dicts and dataclasses of them.

    Returns:
        The same numbers and arrays (no copies), in containers of their own.

    >>> import srcad
    >>> srcad.grad(lambda x: x * srcad.stop_gradient(x))(3.0)
    3.0
    """
    leaves, structure = trees.flatten(tree)
    return cast(Tree, trees.unflatten(structure, leaves))
