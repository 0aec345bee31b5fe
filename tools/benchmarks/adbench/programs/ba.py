"""ADBench's bundle adjustment: how far projected points are from where cameras saw them.

A camera has eleven numbers: rotation (axis times angle), centre, focal length, principal point and
two coefficients of radial distortion.
"""

import numpy as np


def rotate(rotation, point):
    """Rotate a point about an axis by an angle, by Rodrigues' formula."""
    squared = np.dot(rotation, rotation)
    if squared == 0.0:
        return point + np.cross(rotation, point)
    angle = np.sqrt(squared)
    axis = rotation / angle
    return (
        point * np.cos(angle)
        + np.cross(axis, point) * np.sin(angle)
        + axis * (np.dot(axis, point) * (1.0 - np.cos(angle)))
    )


def project(camera, point):
    """Project a point into a camera's image."""
    rotated = rotate(camera[:3], point - camera[3:6])
    image = rotated[:2] / rotated[2]
    squared = np.sum(image**2)
    distortion = 1.0 + camera[9] * squared + camera[10] * squared**2
    return camera[6] * distortion * image + camera[7:9]


def reprojection_error(camera, point, weight, feature):
    """Weighted distance of one projected point from the feature that was seen, both coordinates."""
    return weight * (project(camera, point) - feature)


def weight_error(weight):
    """Tell how far a weight, or each of many, is from one."""
    return 1.0 - weight**2


def reprojection_errors(cameras, points, weights, features):
    """Compute the reprojection errors of many observations, a row of each argument for each."""
    rotation = cameras[:, :3]
    centred = points - cameras[:, 3:6]
    angle = np.sqrt(np.sum(rotation**2, axis=1, keepdims=True))
    axis = rotation / angle
    rotated = (
        centred * np.cos(angle)
        + np.cross(axis, centred) * np.sin(angle)
        + axis * (np.sum(axis * centred, axis=1, keepdims=True) * (1.0 - np.cos(angle)))
    )
    image = rotated[:, :2] / rotated[:, 2:]
    squared = np.sum(image**2, axis=1, keepdims=True)
    distortion = 1.0 + cameras[:, 9:10] * squared + cameras[:, 10:11] * squared**2
    return weights[:, None] * (cameras[:, 6:7] * distortion * image + cameras[:, 7:9] - features)


def reprojection_errors_loops(cameras, points, weights, features, observed):
    """Compute the same number by number; ``observed`` has the camera and the point of each."""
    count = weights.shape[0]
    errors = np.empty((count, 2))
    for i in range(count):
        c = observed[i, 0]
        p = observed[i, 1]
        squared = cameras[c, 0] ** 2 + cameras[c, 1] ** 2 + cameras[c, 2] ** 2
        x = points[p, 0] - cameras[c, 3]
        y = points[p, 1] - cameras[c, 4]
        z = points[p, 2] - cameras[c, 5]
        if squared != 0.0:
            angle = np.sqrt(squared)
            cosine = np.cos(angle)
            sine = np.sin(angle)
            u = cameras[c, 0] / angle
            v = cameras[c, 1] / angle
            w = cameras[c, 2] / angle
            along = (u * x + v * y + w * z) * (1.0 - cosine)
            rotated_x = x * cosine + (v * z - w * y) * sine + u * along
            rotated_y = y * cosine + (w * x - u * z) * sine + v * along
            rotated_z = z * cosine + (u * y - v * x) * sine + w * along
        else:
            rotated_x = x + cameras[c, 1] * z - cameras[c, 2] * y
            rotated_y = y + cameras[c, 2] * x - cameras[c, 0] * z
            rotated_z = z + cameras[c, 0] * y - cameras[c, 1] * x
        image_x = rotated_x / rotated_z
        image_y = rotated_y / rotated_z
        distance = image_x**2 + image_y**2
        scale = 1.0 + cameras[c, 9] * distance + cameras[c, 10] * distance**2
        scale *= cameras[c, 6]
        errors[i, 0] = weights[i] * (scale * image_x + cameras[c, 7] - features[i, 0])
        errors[i, 1] = weights[i] * (scale * image_y + cameras[c, 8] - features[i, 1])
    return errors
