"""ADBench's bundle adjustment: all errors, and their sparse Jacobian."""

import numpy as np
from benchmarks.adbench.jacobians import BLOCK, all_at_once, sparse_jacobian
from benchmarks.adbench.programs.ba import reprojection_errors, weight_error
from benchmarks.adbench.read import repeated_scene

from gradbench.task import Task, lists, numbers

SHOWN = 2 * BLOCK  # entries that are sent, beside the last one


def arguments(given):
    n, m, p = given["n"], given["m"], given["p"]
    camera, point, feature = (numbers(given[name]) for name in ("cam", "x", "feat"))
    return (repeated_scene(n, m, p, camera, point, float(given["w"]), feature),)


def errors(scene):
    return reprojection_errors(*scene.rows()), weight_error(scene.weights)


def first_errors(found):
    projections, weights = found
    return {
        "reproj_error": {"elements": lists(projections[0]), "repeated": len(projections)},
        "w_err": {"element": float(weights[0]), "repeated": len(weights)},
    }


def ends(array):
    return lists(np.append(array[:SHOWN], array[-1]))


def ends_of(jacobian):
    return {
        "rows": ends(jacobian.rows),
        "cols": ends(jacobian.columns),
        "vals": ends(jacobian.values),
    }


def functions(differentiable):
    fill = all_at_once(reprojection_errors, differentiable, indexed=False)
    jacobian = sparse_jacobian(fill, differentiable)
    return {
        "objective": Task(arguments, errors, first_errors),
        "jacobian": Task(arguments, jacobian, ends_of),
    }
