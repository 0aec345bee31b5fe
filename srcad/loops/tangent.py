"""The loop-level module of a tangent program."""

from __future__ import annotations

from srcad.emit.tangent import doc, header, returned
from srcad.frontend.builder import Builder
from srcad.loops.chains import shorten
from srcad.loops.module import loop_text, module_source
from srcad.transforms.marks import compiled_form
from srcad.transforms.tangent import Tangent


def tangent_loops(tangent: Tangent) -> str:
    """Write the module that Numba compiles.

    Raises:
        Unsupported: if the program has no loop level yet.
    """
    sizes = tangent.program.sizes
    builder = Builder(sizes, known=tangent.program.known)

    def results(parts: list[str]) -> str:
        return returned(tangent, parts)

    function = shorten(compiled_form(tangent.jvp), builder)
    text = loop_text(function, sizes, builder, doc(tangent), results, None, checked=True)
    return module_source(header(tangent), [text])
