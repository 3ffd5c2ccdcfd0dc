"""Fixtures of the gateware's tests."""

import numpy as np
import pytest

from varigate.model.network.random_network import random_network


@pytest.fixture(scope="session")
def mnist_shaped():
    """A random network of the shape of `mnist`."""
    return random_network(np.random.default_rng(1), inputs=784, hidden=(256,), latent=16, classes=10, activation="relu",
                          output_activation="sigmoid", segments=128, signed_input=False, extreme=False, examples=32)
