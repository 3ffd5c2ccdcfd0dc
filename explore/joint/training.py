"""Sizes and settings of the joint model of `varigate`, trained on a data set of designs and workloads."""

from dataclasses import replace
from pathlib import Path

from varigate.explore.joint.dataset import TARGETS, DesignData
from varigate.explore.joint.model import JointModel, Shape
from varigate.explore.joint.trainer import JointTrainer, JointTrainingSettings
from varigate.explore.spaces.varigate import SPACE

__all__ = ["SHIPPED", "trainer"]

SHIPPED = Path(__file__).parent / "varigate.npz"
SHAPE = Shape(nz=6, vae=(128, 128), predictor=(128, 128))
TRAINING = JointTrainingSettings(epochs=150, layers=16, combined=0.0)  # the sum of all five targets has no meaning


def trainer(dataset: DesignData, *, seed: int, nz: int | None = None, epochs: int | None = None) -> JointTrainer:
    """A trainer with a new model, with the sizes `SHAPE` and the settings `TRAINING` unless `nz` or `epochs` is given.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate.explore.spaces.workloads import Workload
    >>> workloads = [Workload.parse("4-8-z2-c3"), Workload.parse("4-8-z2-c3-sigmoid")]
    >>> data = DesignData(SPACE.labels([0, 1]), workloads, np.arange(20.0).reshape(2, 2, 5))
    >>> trainer(data, seed=0, nz=2).model.nz
    2
    """
    shape = replace(SHAPE, nz=nz or SHAPE.nz)
    model = JointModel(SPACE, dataset.conditions.shape[1], features="logarithms", targets=TARGETS, shape=shape)
    return JointTrainer(model, dataset.labels, dataset.conditions, dataset.logs,
                        replace(TRAINING, epochs=epochs or TRAINING.epochs), seed)
