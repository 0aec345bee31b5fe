"""Adjoints as modules: what srcad writes is plain NumPy, which srcad differentiates once more.

There is no ``grad`` of ``grad`` yet. Until there is, the inner gradient of an eval is the text that
``srcad.source`` gives, imported like any other module.
"""

import importlib.util
import sys
import tempfile
from pathlib import Path

import srcad


def adjoint(function, *arguments):
    """Write the adjoint of a function for such arguments into a module; give the module.

    Its ``<name>_fwd`` returns the function's value and what is saved, and its ``<name>_bwd`` takes
    what is saved and the bar of the value, and returns the bars of all arguments that are floats.
    """
    name = f"{function.__name__}_adjoint"
    path = Path(tempfile.mkdtemp(prefix="gradbench-")) / f"{name}.py"
    path.write_text(srcad.source(function, *arguments))
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
