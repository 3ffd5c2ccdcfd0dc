"""The joint model of `varigate`: its sizes, and its training on a data set of designs and workloads."""

from dataclasses import replace
from pathlib import Path

from varigate.explore.joint.dataset import TARGETS, DesignData
from varigate.explore.joint.model import JointModel, Shape
from varigate.explore.joint.trainer import JointTrainer, Training
from varigate.explore.spaces.varigate import SPACE

__all__ = ["SHIPPED", "trainer"]

SHIPPED = Path(__file__).parent / "varigate.npz"
SHAPE = Shape(nz=6, vae=(128, 128), predictor=(128, 128))
TRAINING = Training(epochs=150, layers=16, combined=0.0)  # a sum of all five targets means nothing


def trainer(dataset: DesignData, *, seed: int, nz: int | None = None, epochs: int | None = None) -> JointTrainer:
    """A trainer with a new model, of the sizes of `SHAPE` and the settings of `TRAINING` where nothing else is said."""
    shape = replace(SHAPE, nz=nz or SHAPE.nz)
    model = JointModel(SPACE, dataset.conditions.shape[1], features="logarithms", targets=TARGETS, shape=shape)
    return JointTrainer(model, dataset.labels, dataset.conditions, dataset.logs,
                        replace(TRAINING, epochs=epochs or TRAINING.epochs), seed)
