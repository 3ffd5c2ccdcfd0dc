import numpy as np
import pytest

from model import trained
from model.datasets import Dataset, iris
from model.fitting import fit
from model.trainer import Settings


@pytest.fixture(scope="session")
def shipped():
    return trained.load("iris")


@pytest.fixture(scope="session")
def flowers() -> Dataset:
    return iris()


@pytest.fixture(scope="session")
def quick(flowers):
    """Float networks of every activation and output, trained for a moment."""
    return {(activation, output): fit(flowers, Settings(activation=activation, output=output, epochs=60),
                                      [np.arange(150)], [0])[0]
            for activation in ("relu", "sigmoid", "taylor") for output in ("linear", "sigmoid")}
