"""How networks are trained: the settings, and the data set and settings of each name that `train` takes.

On images a `class_weight` of 0 leaves the head out.
"""

from dataclasses import asdict, dataclass

__all__ = ["RECIPES", "Recipe", "TrainingSettings"]


@dataclass(frozen=True)
class TrainingSettings:
    """What a training run is made of, apart from its data and its seed."""

    hidden: tuple[int, ...] = (8,)
    latent: int = 2
    activation: str = "relu"
    output: str = "linear"
    epochs: int = 600
    batch: int = 30
    rate: float = 0.01
    decay: float = 0.2
    beta: float = 1.0
    class_weight: float = 10.0
    bits: int = 8  # of the weights

    def as_dict(self) -> dict:
        """All settings, as JSON knows them."""
        return asdict(self) | {"hidden": list(self.hidden)}


@dataclass(frozen=True)
class Recipe:
    """A data set's name, with settings."""

    data: str
    settings: TrainingSettings


MNIST = {"hidden": (256,), "latent": 16, "output": "sigmoid", "epochs": 100, "batch": 100, "rate": 2e-3, "decay": 0.0}

RECIPES = {
    "iris": Recipe("iris", TrainingSettings()),
    "digits": Recipe("digits", TrainingSettings(hidden=(32,), latent=8, output="sigmoid", epochs=200, batch=50,
                                                rate=5e-3, decay=0.01, class_weight=5.0)),
    "mnist": Recipe("mnist", TrainingSettings(**MNIST, class_weight=25.0)),
    "mnist-free": Recipe("mnist", TrainingSettings(**MNIST, class_weight=0.0)),
}
