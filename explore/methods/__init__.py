"""Search methods: functions `method(evaluations, rng, guide)` that evaluate candidates until they are stopped.

All get the same budget of different designs and propose only candidates of the task. `guide` is prior knowledge: a
`Guide` (a joint model), an order of the candidates, or None.

    >>> import numpy as np
    >>> from varigate.explore.search.task import Task, run
    >>> from varigate.explore.spaces.space import Parameter, Space
    >>> space = Space("line", (Parameter("size", (1, 2, 4, 8)),))
    >>> task = Task("example", space, space.labels(range(4)), lambda labels: float(labels[0]), np.ones(1))
    >>> run(METHODS["nearest"], task, 2, np.random.default_rng(0), guide=[3, 1, 0, 2]).values
    array([3., 1.])
"""

from varigate.explore.methods.front import FRONT_METHODS
from varigate.explore.methods.gaussian_process import cold, warm
from varigate.explore.methods.guide import Guide
from varigate.explore.methods.latent_bayes import latent_bayes
from varigate.explore.methods.latent_descent import latent_descent
from varigate.explore.methods.nearest import nearest_order
from varigate.explore.methods.sampled import evolution, parzen
from varigate.explore.methods.uniform import expected_evaluations, in_order, random

__all__ = ["CHANCELESS", "FRONT_METHODS", "GUIDED", "METHODS", "SEARCHES", "Guide", "expected_evaluations",
           "nearest_order"]

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
# The methods that work on a task alone, or with a model: "nearest" needs cost tables of other workloads.
SEARCHES = {name: method for name, method in METHODS.items() if name != "nearest"}
GUIDED = ("gp-warm", "latent-bo", "latent-gd")  # these need a `Guide`
CHANCELESS = ("nearest",)  # independent of the seed
