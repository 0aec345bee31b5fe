"""ADBench's hand tracking: all distances, and their Jacobian by pose and places."""

import numpy as np
from benchmarks.adbench.inputs import HandInput
from benchmarks.adbench.jacobians import dense_jacobian, dense_jacobian_complicated
from benchmarks.adbench.programs.hand import Model, hand, hand_complicated

from gradbench.task import Task, lists, numbers


def integers(values):
    return np.array(values, dtype=np.int64)


def arguments(given):
    data = given["data"]
    parts = data["model"]
    model = Model(
        integers(parts["parents"]),
        numbers(parts["base_relatives"]),
        numbers(parts["inverse_base_absolutes"]),
        numbers(parts["base_positions"]),
        numbers(parts["weights"]),
        integers(parts["triangles"]),
        bool(parts["is_mirrored"]),
    )
    us = numbers(given["us"]) if given["us"] else None
    correspondences = integers(data["correspondences"])
    return (
        HandInput(us, numbers(given["theta"]), model, correspondences, numbers(data["points"])),
    )


def distances(pose):
    return hand(*pose[1:]) if pose.us is None else hand_complicated(*pose)


def functions(differentiable):
    simple = dense_jacobian(hand, differentiable)
    complicated = dense_jacobian_complicated(hand_complicated, differentiable)

    def jacobian(pose):
        return simple(pose) if pose.us is None else complicated(pose)

    return {
        "objective": Task(arguments, distances, lists),
        "jacobian": Task(arguments, jacobian, lists),
    }
