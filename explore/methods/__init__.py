"""Search methods: functions `method(evaluations, rng, guide)` that evaluate candidates until they are stopped.

All get the same budget of different designs and propose only candidates of the task. `guide` is what a method knows
beforehand: a `Guide` (a joint model), an order of the candidates, or nothing.
"""

from varigate.explore.methods.front import FRONT_METHODS
from varigate.explore.methods.gaussian_process import cold, warm
from varigate.explore.methods.guide import Guide
from varigate.explore.methods.latent_bayes import latent_bayes
from varigate.explore.methods.latent_descent import latent_descent
from varigate.explore.methods.nearest import nearest_order
from varigate.explore.methods.sampled import evolution, parzen
from varigate.explore.methods.uniform import expected_evaluations, in_order, random

__all__ = ["CHANCELESS", "FRONT_METHODS", "GUIDED", "METHODS", "Guide", "expected_evaluations", "nearest_order"]

METHODS = {
    "random": random,
    "gp": cold,
    "tpe": parzen,
    "evolution": evolution,
    "gp-warm": warm,
    "latent-bo": latent_bayes,
    "latent-gd": latent_descent,
    "nearest": in_order,
}
GUIDED = ("gp-warm", "latent-bo", "latent-gd")  # by a `Guide`
CHANCELESS = ("nearest",)  # the same whatever the seed
