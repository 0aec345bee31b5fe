"""ADBench's hand tracking: how far observed points are from a hand model in a given pose.

``theta`` has 26 numbers: rotation (axis times angle) and translation of the hand, then four angles
a finger. The model is a mesh that moves with 22 bones, each of which has a parent; the positions of
vertices are weighted means of where their bones carry them.
"""

from typing import NamedTuple

import numpy as np

FINGERS = 5


class Model(NamedTuple):
    """A hand: a row of ``base_positions`` (x, y, z, 1) and of ``weights`` for each vertex."""

    parents: np.ndarray
    base_relatives: np.ndarray
    inverse_base_absolutes: np.ndarray
    base_positions: np.ndarray
    weights: np.ndarray
    triangles: np.ndarray
    is_mirrored: bool


def to_pose(theta, bones):
    """Spread theta over a matrix: global rotation, scale and translation, then angles a bone."""
    pose = np.zeros((bones + 3, 3))
    pose[0] = theta[:3]
    pose[1] = 1.0
    pose[2] = theta[3:6]
    row = 5
    used = 6
    for _ in range(FINGERS):
        pose[row, 0] = theta[used]
        pose[row, 1] = theta[used + 1]
        pose[row + 1, 0] = theta[used + 2]
        pose[row + 2, 0] = theta[used + 3]
        row += 4
        used += 4
    return pose


def rotation_of_angles(angles):
    """Matrix of a rotation about x, then y, then z; the angles come as x, z, y."""
    cx, cz, cy = np.cos(angles)
    sx, sz, sy = np.sin(angles)
    about_x = np.array([[1.0, 0.0, 0.0], [0.0, cx, -sx], [0.0, sx, cx]])
    about_y = np.array([[cy, 0.0, sy], [0.0, 1.0, 0.0], [-sy, 0.0, cy]])
    about_z = np.array([[cz, -sz, 0.0], [sz, cz, 0.0], [0.0, 0.0, 1.0]])
    return about_z @ about_y @ about_x


def rotation_of_axis(rotation):
    """Matrix of the rotation about an axis by an angle, given as their product."""
    angle = np.sqrt(np.sum(rotation**2))
    if angle < 0.0001:
        return np.eye(3)
    x, y, z = rotation / angle
    s = np.sin(angle)
    c = np.cos(angle)
    return np.array(
        [
            [x * x + (1 - x * x) * c, x * y * (1 - c) - z * s, x * z * (1 - c) + y * s],
            [x * y * (1 - c) + z * s, y * y + (1 - y * y) * c, y * z * (1 - c) - x * s],
            [x * z * (1 - c) - y * s, z * y * (1 - c) + x * s, z * z + (1 - z * z) * c],
        ]
    )


def posed_vertices(theta, model):
    """Compute the positions of all vertices of a model in a pose."""
    bones = len(model.parents)
    pose = to_pose(theta, bones)
    absolutes = np.zeros((bones, 4, 4))
    positions = np.zeros((len(model.base_positions), 3))
    for bone in range(bones):
        turn = np.eye(4)
        turn[:3, :3] = rotation_of_angles(pose[bone + 3])
        relative = model.base_relatives[bone] @ turn
        parent = model.parents[bone]
        if parent == -1:
            absolutes[bone] = relative
        else:
            absolutes[bone] = absolutes[parent] @ relative
        transform = absolutes[bone] @ model.inverse_base_absolutes[bone]
        moved = model.base_positions @ transform[:3].T
        positions += model.weights[:, bone : bone + 1] * moved
    if model.is_mirrored:
        positions[:, 0] *= -1.0
    rotation = rotation_of_axis(pose[0]) * pose[1]
    return positions @ rotation.T + pose[2]


def hand(theta, model, correspondences, points):
    """Distances of points from the vertices that they correspond to, all coordinates."""
    return (points - posed_vertices(theta, model)[correspondences]).ravel()


def hand_complicated(us, theta, model, correspondences, points):
    """Distances of points from places inside the triangles that they correspond to."""
    vertices = posed_vertices(theta, model)
    corners = model.triangles[correspondences]
    u = us[:, 0:1]
    v = us[:, 1:2]
    places = (
        u * vertices[corners[:, 0]]
        + v * vertices[corners[:, 1]]
        + (1.0 - u - v) * vertices[corners[:, 2]]
    )
    return (points - places).ravel()


def posed_vertices_loops(theta, model):
    """Compute what ``posed_vertices`` does, number by number."""
    bones = model.parents.shape[0]
    vertices = model.base_positions.shape[0]
    angles = np.zeros((bones, 3))
    for finger in range(FINGERS):
        angles[4 * finger + 2, 0] = theta[4 * finger + 6]
        angles[4 * finger + 2, 1] = theta[4 * finger + 7]
        angles[4 * finger + 3, 0] = theta[4 * finger + 8]
        angles[4 * finger + 4, 0] = theta[4 * finger + 9]

    turn = np.empty((3, 3))
    relative = np.empty((3, 4))
    absolutes = np.empty((bones, 3, 4))
    transform = np.empty((3, 4))
    skinned = np.zeros((vertices, 3))
    for bone in range(bones):
        cx = np.cos(angles[bone, 0])
        sx = np.sin(angles[bone, 0])
        cz = np.cos(angles[bone, 1])
        sz = np.sin(angles[bone, 1])
        cy = np.cos(angles[bone, 2])
        sy = np.sin(angles[bone, 2])
        turn[0, 0] = cz * cy
        turn[1, 0] = sz * cy
        turn[2, 0] = -sy
        turn[0, 1] = cz * sy * sx - sz * cx
        turn[1, 1] = sz * sy * sx + cz * cx
        turn[2, 1] = cy * sx
        turn[0, 2] = cz * sy * cx + sz * sx
        turn[1, 2] = sz * sy * cx - cz * sx
        turn[2, 2] = cy * cx
        for i in range(3):
            for j in range(3):
                relative[i, j] = 0.0
                for k in range(3):
                    relative[i, j] += model.base_relatives[bone, i, k] * turn[k, j]
            relative[i, 3] = model.base_relatives[bone, i, 3]
        parent = model.parents[bone]
        for i in range(3):
            for j in range(4):
                if parent == -1:
                    absolutes[bone, i, j] = relative[i, j]
                else:
                    absolutes[bone, i, j] = 0.0
                    for k in range(3):
                        absolutes[bone, i, j] += absolutes[parent, i, k] * relative[k, j]
                    if j == 3:
                        absolutes[bone, i, j] += absolutes[parent, i, 3]
        for i in range(3):
            for j in range(4):
                transform[i, j] = 0.0
                for k in range(3):
                    transform[i, j] += (
                        absolutes[bone, i, k] * model.inverse_base_absolutes[bone, k, j]
                    )
                transform[i, j] += absolutes[bone, i, 3] * model.inverse_base_absolutes[bone, 3, j]
        for vertex in range(vertices):
            weight = model.weights[vertex, bone]
            for i in range(3):
                moved = transform[i, 3]
                for k in range(3):
                    moved += transform[i, k] * model.base_positions[vertex, k]
                skinned[vertex, i] += weight * moved

    angle = np.sqrt(theta[0] ** 2 + theta[1] ** 2 + theta[2] ** 2)
    rotation = np.eye(3)
    if angle >= 0.0001:
        x = theta[0] / angle
        y = theta[1] / angle
        z = theta[2] / angle
        s = np.sin(angle)
        c = np.cos(angle)
        rotation[0, 0] = x * x + (1 - x * x) * c
        rotation[0, 1] = x * y * (1 - c) - z * s
        rotation[0, 2] = x * z * (1 - c) + y * s
        rotation[1, 0] = x * y * (1 - c) + z * s
        rotation[1, 1] = y * y + (1 - y * y) * c
        rotation[1, 2] = y * z * (1 - c) - x * s
        rotation[2, 0] = x * z * (1 - c) - y * s
        rotation[2, 1] = z * y * (1 - c) + x * s
        rotation[2, 2] = z * z + (1 - z * z) * c
    positions = np.empty((vertices, 3))
    for vertex in range(vertices):
        if model.is_mirrored:
            skinned[vertex, 0] *= -1.0
        for i in range(3):
            positions[vertex, i] = theta[3 + i]
            for k in range(3):
                positions[vertex, i] += rotation[i, k] * skinned[vertex, k]
    return positions


def hand_loops(theta, model, correspondences, points):
    """Compute what ``hand`` does, number by number."""
    positions = posed_vertices_loops(theta, model)
    errors = np.empty(3 * len(correspondences))
    for i in range(len(correspondences)):
        for j in range(3):
            errors[3 * i + j] = points[i, j] - positions[correspondences[i], j]
    return errors


def hand_complicated_loops(us, theta, model, correspondences, points):
    """Compute what ``hand_complicated`` does, number by number."""
    positions = posed_vertices_loops(theta, model)
    errors = np.empty(3 * len(correspondences))
    for i in range(len(correspondences)):
        triangle = correspondences[i]
        for j in range(3):
            place = (
                us[i, 0] * positions[model.triangles[triangle, 0], j]
                + us[i, 1] * positions[model.triangles[triangle, 1], j]
                + (1.0 - us[i, 0] - us[i, 1]) * positions[model.triangles[triangle, 2], j]
            )
            errors[3 * i + j] = points[i, j] - place
    return errors
