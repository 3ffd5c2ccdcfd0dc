"""Training: seeded, and the same for one network or many at once."""

from dataclasses import asdict, dataclass

import numpy as np
from tqdm import tqdm

from varigate.model.errors import UserError
from varigate.model.nn.optimisers import Adam
from varigate.model.vae.vae import Vae

__all__ = ["Samples", "Settings", "train"]


@dataclass(frozen=True)
class Settings:
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

    def vae(self, inputs: int, classes: int) -> Vae:
        """The VAE of this shape."""
        return Vae(inputs, tuple(self.hidden), self.latent, classes, self.activation, self.output)

    def as_dict(self) -> dict:
        """All settings, as JSON knows them."""
        return asdict(self) | {"hidden": list(self.hidden)}


@dataclass(frozen=True, eq=False)
class Samples:
    """One network's training data: x (n, inputs), targets y (n, inputs), labels (n,)."""

    x: np.ndarray
    y: np.ndarray
    labels: np.ndarray


def _stack(arrays) -> np.ndarray:
    """Arrays (n_r, …) to (R, greatest n, …); the padding is never drawn."""
    stacked = np.zeros((len(arrays), max(map(len, arrays)), *arrays[0].shape[1:]))
    for row, array in zip(stacked, arrays, strict=True):
        row[:len(array)] = array
    return stacked


def train(settings: Settings, samples: list[Samples], classes: int, seeds, *, progress: bool = False,
          text: str = "training") -> list[dict]:
    """One network for each entry of `samples` (and of `seeds`), all of one shape; their parameters.

    A network depends on its own samples and seed only, as long as the smallest set of samples stays the same: an
    epoch takes as many whole batches from every set as the smallest can give, in an order of its own. The step size
    falls to zero along half a cosine.
    """
    vae = settings.vae(samples[0].x.shape[1], classes)
    rngs = [np.random.default_rng(seed) for seed in seeds]
    initial = [vae.initial(rng) for rng in rngs]
    parameters = {name: np.stack([each[name] for each in initial]) for name in initial[0]}
    adam = Adam(parameters, settings.rate, decay=settings.decay)
    x, y = _stack([each.x for each in samples]), _stack([each.y for each in samples])
    onehot = _stack([np.eye(max(classes, 1))[each.labels] for each in samples])
    sizes = [len(each.x) for each in samples]
    batch = min(settings.batch, min(sizes))
    batches = min(sizes) // batch
    rows = np.arange(len(samples))[:, None]
    for epoch in tqdm(range(settings.epochs), text, disable=not progress, leave=False):
        factor = 0.5 * (1 + np.cos(np.pi * epoch / settings.epochs))
        order = np.stack([rng.permutation(size)[:batches * batch] for rng, size in zip(rngs, sizes, strict=True)])
        noise = np.stack([rng.standard_normal((batches, batch, settings.latent)) for rng in rngs], 1)
        for index, epsilon in zip(np.split(order, batches, 1), noise, strict=True):
            with np.errstate(over="ignore", invalid="ignore"):  # divergence is reported below
                _, gradients = vae.loss(parameters, x[rows, index], y[rows, index], onehot[rows, index], epsilon,
                                        beta=settings.beta, class_weight=settings.class_weight)
                adam.step(gradients, factor)
    if not all(np.isfinite(value).all() for value in parameters.values()):
        raise UserError("training diverged; take a smaller --rate")
    return [{name: value[index].copy() for name, value in parameters.items()} for index in range(len(samples))]
