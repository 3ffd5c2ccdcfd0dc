"""Training on images: one network in float32, with checkpoints, so that an interrupted run can go on.

Every epoch has a random generator of its own (seed, epoch), and linear algebra runs in one thread: the same settings
and seed give the same bits on the same machine, whether the run was interrupted or not.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from varigate.model import archive
from varigate.model.data.images import Images
from varigate.model.errors import UserError
from varigate.model.nn import checkpoints
from varigate.model.nn.losses import kl_divergence, reconstruction_loss
from varigate.model.nn.optimisers import Adam
from varigate.model.quantise.straight_through import quantised_weights
from varigate.model.train.trainer import Settings

__all__ = ["Progress", "train_images"]

VERSION = 1
CURVES = ("loss", "test_neg_elbo", "test_accuracy")


@dataclass(eq=False)
class Progress:
    """A training run between two epochs.

    curves: of each epoch so far, the mean loss over its batches, and on the test images −ELBO (one sample of z) and,
    with classes, the accuracy of the head on μ.
    """

    adam: Adam
    curves: dict = field(default_factory=lambda: {name: [] for name in CURVES})

    @property
    def epochs(self) -> int:
        return len(self.curves["loss"])

    def save(self, path, identity: dict):
        """Everything to the file `path`; `identity` says of which run."""
        archive.write(path, checkpoints.arrays_of(self.adam) | {"meta": archive.pack_json(
            {"version": VERSION, "identity": identity, "count": self.adam.count, "curves": self.curves})})

    def resume(self, path, identity: dict):
        """The state that the file `path` holds, if it is of the run `identity`; else a `UserError`."""
        arrays = dict(archive.read(path))
        try:
            meta = archive.unpack_json(arrays.pop("meta"))
            if meta["version"] != VERSION or meta["identity"] != identity:
                raise UserError(f"{path} is the checkpoint of a run with other data, settings or seed; "
                                "give the same ones, or train without --resume")
            count, curves = int(meta["count"]), {name: list(meta["curves"][name]) for name in CURVES}
            checkpoints.fill(self.adam, arrays)
            self.adam.count, self.curves = count, curves
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise UserError(f"{path} is no sound checkpoint ({error!r}); train without --resume") from error


def _measure(vae, parameters, images: Images, classes: int, rng) -> tuple[float, float | None]:
    """−ELBO with one sample of z, and the accuracy of the head on μ, over `images`."""
    epsilon = rng.standard_normal((len(images.codes), vae.latent), np.float32)
    result = vae.forward(parameters, images.grey, epsilon)
    elbo = reconstruction_loss(images.grey, result.output, "sigmoid") + kl_divergence(result.mu, result.logvar)
    if not classes:
        return float(elbo.mean()), None
    scores = result.mu @ parameters["head.weights"].T + parameters["head.bias"]
    return float(elbo.mean()), float((scores.argmax(-1) == images.labels).mean())


def _epoch(vae, settings: Settings, adam: Adam, images: Images, onehot, rng, factor: float) -> float:
    """One pass over `images` in whole batches; the mean loss."""
    size = len(images.codes)
    batch = min(settings.batch, size)
    order = rng.permutation(size)[:size // batch * batch].reshape(-1, batch)
    noise = rng.standard_normal((*order.shape, vae.latent), np.float32)
    total = 0.0
    for index, epsilon in zip(order, noise, strict=True):
        x = images.grey[index]
        loss, gradients = vae.loss(quantised_weights(adam.parameters, settings.bits), x, x, onehot[index], epsilon,
                                   beta=settings.beta, class_weight=settings.class_weight)
        adam.step(gradients, factor)
        total += float(loss)
    return total / len(order)


def train_images(settings: Settings, images: Images, test: Images, classes: int, seed: int, *, checkpoint=None,
                 resume: bool = False, progress: bool = False, text: str = "training") -> tuple[dict, dict]:
    """The parameters (float32) and curves of one network trained on `images`, and watched, not chosen, on `test`.

    The step size falls to zero along half a cosine. With fewer than 8 `settings.bits` the losses are those of rounded
    weights, and so are the parameters that come back (see `model.quantise.straight_through`).

    Parameters
    ----------
    classes : int
        0 trains without a head.
    checkpoint : path
        written after every epoch; with `resume`, the run goes on from it where it exists.
    """
    vae = settings.vae(images.codes.shape[1], classes)
    initial = vae.initial(np.random.default_rng(seed))
    adam = Adam({name: value.astype(np.float32) for name, value in initial.items()}, settings.rate,
                decay=settings.decay)
    state = Progress(adam)
    identity = settings.as_dict() | {"data": images.name, "samples": len(images.codes), "seed": seed,
                                     "classes": classes}
    if resume and checkpoint is not None and Path(checkpoint).exists():
        state.resume(checkpoint, identity)
    onehot = np.eye(max(classes, 1), dtype=np.float32)[images.labels if classes else np.zeros_like(images.labels)]
    with threadpool_limits(1), tqdm(total=settings.epochs, initial=state.epochs, desc=text, disable=not progress,
                                    leave=False) as bar, np.errstate(over="ignore", invalid="ignore"):
        for epoch in range(state.epochs, settings.epochs):
            rng = np.random.default_rng([seed, epoch])
            factor = 0.5 * (1 + float(np.cos(np.pi * epoch / settings.epochs)))
            loss = _epoch(vae, settings, adam, images, onehot, rng, factor)
            measured = _measure(vae, quantised_weights(adam.parameters, settings.bits), test, classes, rng)
            if not np.isfinite([loss, measured[0]]).all():
                raise UserError("training diverged; take a smaller --rate")
            for name, value in zip(CURVES, (loss, *measured), strict=True):
                state.curves[name].append(value)
            bar.set_postfix({"−ELBO": f"{measured[0]:.1f}"} | ({"accuracy": f"{measured[1]:.2%}"} if classes else {}),
                            refresh=False)
            bar.update()
            if checkpoint is not None:
                state.save(checkpoint, identity)
    return quantised_weights(adam.parameters, settings.bits), state.curves
