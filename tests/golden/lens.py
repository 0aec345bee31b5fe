"""A dataclass comes in, and another one made from it goes out."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Ray:
    height: float
    angle: float

    def travel(self, distance):
        return replace(self, height=self.height + distance * self.angle)


def lens(ray, focus, distance):
    ray = ray.travel(distance)
    ray = replace(ray, angle=ray.angle - ray.height / focus)
    return ray.travel(2.0 * distance)


ARGS = (Ray(0.2, 0.1), 1.4, 0.6)
