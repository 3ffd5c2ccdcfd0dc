import numpy as np
import pytest

from varigate.model.data import images
from varigate.model.data.tables import LabelledTable, iris
from varigate.model.errors import UserError
from varigate.model.train import trained
from varigate.model.train.fitting import fit
from varigate.model.train.recipes import TrainingSettings


@pytest.fixture(scope="session")
def shipped():
    return trained.load("iris")


@pytest.fixture(scope="session")
def flowers() -> LabelledTable:
    return iris()


@pytest.fixture(scope="session")
def quick(flowers):
    """Float networks of every activation and output, trained for a moment."""
    return {(activation, output): fit(flowers, TrainingSettings(activation=activation, output=output, epochs=60),
                                      [np.arange(150)], [0])[0]
            for activation in ("relu", "sigmoid", "taylor") for output in ("linear", "sigmoid")}


@pytest.fixture(scope="session")
def mnist():
    """MNIST to train on and to test on, from where VARIGATE_DATA or the cache has it."""
    try:
        return images.load("mnist")
    except UserError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def small_digits():
    """Some of the 8 × 8 digits to train on, and some to test on."""
    train, test = images.load("digits")
    return tuple(images.Images("digits", each.codes[:count], each.labels[:count], each.shape)
                 for each, count in ((train, 600), (test, 200)))


@pytest.fixture(scope="session")
def small_settings():
    """A network of images that trains in a second or two."""
    return TrainingSettings(hidden=(24,), latent=6, output="sigmoid", epochs=40, batch=25, rate=5e-3, decay=0.01,
                    class_weight=20.0)
