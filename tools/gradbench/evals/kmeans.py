"""Points and their nearest centroids: one step of Newton's method, as the Hessian is diagonal."""

import numpy as np

import srcad
from gradbench.adjoints import adjoint
from gradbench.task import Task, lists, numbers


def cost(points, centroids):
    """Sum of the squared distances of points from their nearest centroids."""
    squares = np.sum(points**2, axis=1)[:, None] + np.sum(centroids**2, axis=1)
    return np.sum(np.min(squares - 2.0 * points @ centroids.T, axis=1))


of_cost = adjoint(cost, np.zeros((3, 2)), np.zeros((2, 2)))


def slope(centroids, points):
    _, saved = of_cost.cost_fwd(points, centroids)
    return of_cost.cost_bwd(saved, 1.0)[1]


def arguments(given):
    return numbers(given["points"]), numbers(given["centroids"])


def functions(differentiable):
    def direction(points, centroids):
        """Gradient over the Hessian's diagonal, which is what it makes of a vector of ones."""

        @differentiable
        def slope_there(centroids):
            return slope(centroids, points)

        gradient, pull = srcad.vjp(slope_there, centroids)
        (diagonal,) = pull(np.ones(centroids.shape))
        return gradient / diagonal

    return {"cost": Task(arguments, cost), "dir": Task(arguments, direction, lists)}
