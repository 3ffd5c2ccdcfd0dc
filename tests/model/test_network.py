from dataclasses import replace

import numpy as np
import pytest

from model.errors import UserError
from model.examples import random_network
from model.formats import Format

NETWORK = random_network(np.random.default_rng(5), inputs=4, hidden=(8,), latent=2, classes=3, segments=1)
RELU = NETWORK.encoder[0]


def with_encoder(**changes):
    return lambda: replace(NETWORK, encoder=(replace(RELU, **changes),))


@pytest.mark.parametrize(("make", "message"), [
    (with_encoder(shift=np.full(8, 32)), "shifts are within"),
    (with_encoder(shift=np.full(8, -1)), "shifts are within"),
    (with_encoder(weights=np.full((8, 4), -128)), "-127…127"),
    (with_encoder(weights=np.zeros((8, 4, 1), int)), "matrix"),
    (with_encoder(bias=np.zeros(7, int)), "as many biases"),
    (with_encoder(bias=np.full(8, 2**31 - 1)), "needs an accumulator of 33 bits"),
    (with_encoder(bias=np.full(8, -(2**31) - 1), shift=np.full(8, 31)), "bias exceeds 32 bits"),
    (with_encoder(activation="tanh"), "tanh"),
    (with_encoder(format=Format(True, 8, 4)), "unsigned"),
    (with_encoder(activation="sigmoid"), "no sigmoid unit"),
    (lambda: replace(NETWORK, encoder=(RELU, RELU)), "followed by"),
    (lambda: replace(NETWORK, z=Format(True, 8, 9)), "z cannot be"),
    (lambda: replace(NETWORK, z=Format(False, 8, 4)), "z cannot be"),
    (lambda: replace(NETWORK, class_names=("a", "b")), "one name for each class"),
    (lambda: replace(NETWORK, mu=replace(NETWORK.mu, format=Format(True, 16, 7))), r"mu is s16\.8"),
    (lambda: replace(NETWORK, epsilon_seed=1 << 32), "32 bits"),
    (lambda: replace(NETWORK, input_step=np.array([1, 1, 1, np.nan])), "finite"),
    (lambda: replace(NETWORK, decoder=()), "at least one"),
    (lambda: replace(NETWORK, examples=np.zeros((256, 4), np.uint8)), "255 examples"),
    (lambda: replace(NETWORK, examples=np.zeros((9, 3), np.uint8)), "input vectors"),
    (lambda: replace(NETWORK, sigma_table=np.zeros(255, np.uint8)), "256 entries"),
])
def test_an_unsound_network_is_refused(make, message):
    with pytest.raises(UserError, match=message):
        make()


def test_layers_come_in_the_order_of_computation():
    assert [name for name, *_ in NETWORK.layers()] == ["encoder.0", "mu", "v", "head", "decoder.0", "decoder.1"]
    assert NETWORK.macs == 4 * 8 + 2 * 8 * 2 + 2 * 8 + 8 * 4
