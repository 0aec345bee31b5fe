"""Items of a list are written and popped: a curve by de Casteljau's construction."""


def casteljau(points, t):
    points = list(points)
    while len(points) > 1:
        for i in range(len(points) - 1):
            points[i] = (1.0 - t) * points[i] + t * points[i + 1]
        points.pop()
    return points[0]


ARGS = ([0.4, -0.9, 1.3, 0.2], 0.3)
