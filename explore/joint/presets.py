"""Named sizes and settings of the joint model: the published ones, and small ones that train in minutes."""

from dataclasses import dataclass, replace

import numpy as np

from varigate.explore.joint.model import JointModel, Shape
from varigate.explore.joint.splits import Split
from varigate.explore.joint.trainer import JointTrainer, JointTrainingSettings
from varigate.explore.spaces.vaesa import SPACE, PublishedTable
from varigate.model.errors import UserError

__all__ = ["OBJECTIVES", "PREDICTORS", "PRESETS", "VAES", "Options", "options", "trainer"]

VAES = {  # widths of the encoder; the decoder's are the same in reverse
    "small": (128, 128),
    "orig": (1024, 2048),
    "model_1": (1024, 2048, 1024),
    "model_2": (64, 256, 1024, 2048, 1024, 256, 64),
}
PREDICTORS = {
    "small": ((128, 128, 128), "tanh"),
    "orig": ((1024,), "tanh"),
    "deep": ((1024, 2048, 1024), "tanh"),
    "orig_1": ((256, 1024, 256), "relu"),
    "deep_1": ((64, 256, 1024, 2048, 1024, 256, 64), "tanh"),
}
OBJECTIVES = {"edp": (1.0, 1.0), "latency": (1.0, 0.0), "energy": (0.0, 1.0)}  # weights of log latency, log energy


@dataclass(frozen=True)
class Options:
    """The options of a joint model of the published space and of its training.

    Parameters
    ----------
    seed, nz, epochs : int
    dataset_size : int
        the most rows (a design on a layer) to train on; designs are drawn, and each is taken on all layers.
    pred_model, vae_model, obj : str
        names in `PREDICTORS`, `VAES` and `OBJECTIVES`.
    gamma : float
        the weight of the total correlation in the VAE's loss.

    Raises
    ------
    UserError
        for an unknown name, or a number that is too small.

    Examples
    --------
    >>> options("paper", nz=8, epochs=None).shape.vae
    (1024, 2048, 1024)
    """

    seed: int = 1234
    nz: int = 4
    epochs: int = 120
    dataset_size: int = 131_328
    pred_model: str = "small"
    vae_model: str = "small"
    obj: str = "edp"
    gamma: float = 0.0

    def __post_init__(self):
        for name, value, known in (("pred-model", self.pred_model, PREDICTORS), ("vae-model", self.vae_model, VAES),
                                   ("obj", self.obj, OBJECTIVES)):
            if value not in known:
                raise UserError(f"--{name} is one of {', '.join(known)}, not {value!r}")
        for name, value, least in (("seed", self.seed, 0), ("nz", self.nz, 1), ("epochs", self.epochs, 1),
                                   ("dataset-size", self.dataset_size, 1)):
            if value < least:
                raise UserError(f"--{name} is {value}; it must be a whole number of at least {least}")

    @property
    def shape(self) -> Shape:
        """The sizes of the model."""
        predictor, activation = PREDICTORS[self.pred_model]
        return Shape(nz=self.nz, vae=VAES[self.vae_model], predictor=predictor, predictor_activation=activation)


PRESETS = {
    "small": (Options(), JointTrainingSettings()),
    "paper": (Options(epochs=2000, pred_model="orig_1", vae_model="model_1"),
              JointTrainingSettings(batch=128, rate=3e-4, jitter=0.0)),
}


def options(preset: str = "small", **changes) -> Options:
    """The options of a preset, with `changes` that are not None; a `UserError` for an unknown preset."""
    if preset not in PRESETS:
        raise UserError(f"--preset is one of {', '.join(PRESETS)}, not {preset!r}")
    return replace(PRESETS[preset][0], **{name: value for name, value in changes.items() if value is not None})


def trainer(table: PublishedTable, split: Split, chosen: Options, preset: str = "small") -> JointTrainer:
    """A trainer with a new model, for the training part of a split of the published table."""
    count = max(1, chosen.dataset_size // len(split.layers))
    designs = split.designs
    if count < len(designs):
        designs = np.sort(np.random.default_rng(chosen.seed).permutation(designs)[:count])
    model = JointModel(SPACE, table.layers.shape[1], features="convolution", shape=chosen.shape)
    return JointTrainer(model, SPACE.labels(designs), table.layers[split.layers],
                        table.logs[np.ix_(designs, split.layers)],
                        replace(PRESETS[preset][1], epochs=chosen.epochs, gamma=chosen.gamma,
                                objective=OBJECTIVES[chosen.obj]), chosen.seed)
