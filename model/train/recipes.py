"""The recipes of training: the settings, and for each name that `train` takes the data set and its settings.

On images a `class_weight` of 0 leaves the head out.
"""

from dataclasses import asdict, dataclass

__all__ = ["RECIPES", "Recipe", "TrainingSettings"]


@dataclass(frozen=True)
class TrainingSettings:
    """The settings of a training run; with the data and the seed they determine it.

    Parameters
    ----------
    hidden : tuple of int
        widths of the encoder's hidden layers; the decoder has them reversed.
    latent : int
        number of latents.
    activation, output : str
        of the hidden layers, and `linear` or `sigmoid`.
    epochs, batch : int
    rate, decay : float
        Adam's first step size, which falls to zero along half a cosine, and its weight decay.
    beta, class_weight : float
        weights of the KL divergence and of the cross-entropy.
    bits : int
        of the weights: 8, 6 or 4.

    Examples
    --------
    >>> TrainingSettings(latent=3).as_dict()["hidden"]
    [8]
    """

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
        """All settings, as a dict that JSON can hold."""
        return asdict(self) | {"hidden": list(self.hidden)}


@dataclass(frozen=True)
class Recipe:
    """A recipe: the name of a data set, and the settings to train on it.

    Examples
    --------
    >>> RECIPES["digits"].settings.latent
    8
    """

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
