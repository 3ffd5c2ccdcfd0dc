"""How the shipped networks are trained: the data set and the settings of each name that `train` takes.

On images a `class_weight` of 0 leaves the head out.
"""

from dataclasses import dataclass

from varigate.model.train.trainer import Settings

__all__ = ["RECIPES", "Recipe"]


@dataclass(frozen=True)
class Recipe:
    """A data set's name, with settings."""

    data: str
    settings: Settings


MNIST = {"hidden": (256,), "latent": 16, "output": "sigmoid", "epochs": 100, "batch": 100, "rate": 2e-3, "decay": 0.0}

RECIPES = {
    "iris": Recipe("iris", Settings()),
    "digits": Recipe("digits", Settings(hidden=(32,), latent=8, output="sigmoid", epochs=200, batch=50, rate=5e-3,
                                        decay=0.01, class_weight=5.0)),
    "mnist": Recipe("mnist", Settings(**MNIST, class_weight=25.0)),
    "mnist-free": Recipe("mnist", Settings(**MNIST, class_weight=0.0)),
}
