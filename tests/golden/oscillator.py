"""A class with attributes and methods: made inside, moved step by step."""

import math


class Oscillator:
    def __init__(self, position, stiffness):
        self.position = position
        self.velocity = 0.0
        self.stiffness = stiffness

    def advance(self, dt):
        self.velocity -= dt * self.stiffness * math.sin(self.position)
        self.position += dt * self.velocity

    @property
    def energy(self):
        return 0.5 * self.velocity**2 - self.stiffness * math.cos(self.position)


def oscillator(position, stiffness, steps):
    pendulum = Oscillator(position, stiffness)
    for k in range(steps):
        pendulum.advance(0.1)
    return pendulum.energy * pendulum.position


ARGS = (0.7, 1.9, 4)
