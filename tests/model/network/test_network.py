from dataclasses import replace

import numpy as np
import pytest

from varigate.model.errors import UserError
from varigate.model.fixedpoint.epsilon import epsilon_table
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sigmoid import byte, classic, compact, fine
from varigate.model.network.random_network import random_network
from varigate.model.network.soundness import check_widths
from varigate.model.protocol.replies import Info

NETWORK = random_network(np.random.default_rng(5), inputs=4, hidden=(8,), latent=2, classes=3, segments=1)
RELU = NETWORK.encoder[0]
SIGMOID = random_network(np.random.default_rng(5), activation="sigmoid", segments=1)


def with_encoder(**changes):
    return lambda: replace(NETWORK, encoder=(replace(RELU, **changes),))


def with_sigmoid(unit=SIGMOID.sigmoid, **changes):
    return lambda: replace(SIGMOID, sigmoid=replace(unit, **changes))


def with_epsilon(column, value, kind="quadratic"):
    table = epsilon_table(kind).copy()
    table[17, column] = value
    return lambda: replace(NETWORK, epsilon_table=table)


def zero_layer(layer, *, outputs=None, inputs=None):
    shape = outputs or layer.outputs, inputs or layer.inputs
    return replace(layer, weights=np.zeros(shape, np.int64), bias=np.zeros(shape[0], np.int64),
                   shift=np.zeros(shape[0], np.int64))


def of_widths(*, inputs=4, outputs=4, latent=2, classes=3):
    """`NETWORK` with other widths, of zeros."""
    encoder, first, last = NETWORK.encoder[0], NETWORK.decoder[0], NETWORK.decoder[1]
    return lambda: replace(
        NETWORK, encoder=(zero_layer(encoder, inputs=inputs),), mu=zero_layer(NETWORK.mu, outputs=latent),
        v=zero_layer(NETWORK.v, outputs=latent), head=zero_layer(NETWORK.head, outputs=classes, inputs=latent),
        decoder=(zero_layer(first, inputs=latent), zero_layer(last, outputs=outputs)),
        class_names=("x",) * classes, input_offset=np.zeros(inputs), input_step=np.ones(inputs),
        examples=np.zeros((0, inputs), np.uint8))


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
    (lambda: replace(NETWORK, examples=np.zeros((9, 3), np.uint8)), "one for each input"),
    (lambda: replace(NETWORK, examples=np.zeros((5, 0), np.uint8)), "one for each input"),
    (lambda: replace(NETWORK, examples=np.zeros(4, np.uint8)), "rows of bytes"),
    (lambda: replace(NETWORK, examples=np.zeros((1, 4), np.int8)), "rows of bytes"),
    (lambda: replace(NETWORK, sigma_table=np.zeros(255, np.uint8)), "256 entries"),
    (lambda: replace(NETWORK, sigma_table=np.full(256, 256)), "one byte"),
    (lambda: replace(NETWORK, sigma_table=np.full(256, -1)), "one byte"),
    (lambda: replace(NETWORK, input_step=np.array([1.0, 1, 1, 0])), "no input's step is zero"),
    (lambda: replace(NETWORK, epsilon_seed=1.5), "32 bits"),
    (lambda: replace(NETWORK, epsilon_table=np.zeros((256, 2), int)), "256 rows of 3 or 2048 rows of 2"),
    (with_epsilon(0, (1 << 23) - (1 << 8)), "0…8388351, "),
    (with_epsilon(0, -1), "ε table"),
    (with_epsilon(1, 1 << 17), "-131072…131071, "),
    (with_epsilon(1, -(1 << 17) - 1), "ε table"),
    (with_epsilon(2, 1 << 12), "0…4095"),
    (with_epsilon(2, -1), "ε table"),
    (with_epsilon(0, (1 << 22) - (1 << 7), "linear"), "within 0…4194175, -8192…8191"),
    (with_epsilon(0, -1, "linear"), "ε table"),
    (with_epsilon(1, 1 << 13, "linear"), "ε table"),
    (with_epsilon(1, -(1 << 13) - 1, "linear"), "ε table"),
    (with_encoder(weights=np.full((8, 4), -128, np.int8)), "int64"),
    (with_encoder(weights=np.zeros((8, 4))), "int64"),
    (with_encoder(shift=np.zeros(8, np.uint8)), "int64"),
    (with_sigmoid(input=Format(False, 8, 4)), "sigmoid's input"),
    (with_sigmoid(input=Format(True, 17, 4)), "sigmoid's input"),
    (with_sigmoid(input=Format(True, 8, -1)), "sigmoid's input"),
    (with_sigmoid(output=Format(False, 8, -1)), "sigmoid's output"),
    (with_sigmoid(output=Format(True, 8, 4)), "sigmoid's output"),
    (with_sigmoid(guard=17), "guard"),
    (with_sigmoid(hold=129), "held"),
    (with_sigmoid(hold=0), "held"),
    (with_sigmoid(centres=np.zeros(0, int)), "power of two"),
    (with_sigmoid(centres=np.zeros(3, int)), "power of two"),
    (with_sigmoid(centres=np.zeros(2, int)), "for each segment"),
    (with_sigmoid(centres=np.array([129])), "centres"),
    (with_sigmoid(coefficients=np.zeros((1, 17), int)), "order"),
    (with_sigmoid(coefficients=np.full((1, 2), -1 << 31)), "within 32 bits"),
    (with_sigmoid(coefficients=np.full((1, 16), 1 << 30)), "exceed 64 bits"),
    (of_widths(latent=256), "at most 255 latent variables, not 256"),
    (of_widths(classes=256), "at most 255 classes, not 256"),
    (of_widths(inputs=65536), "at most 65535 inputs, not 65536"),
    (of_widths(outputs=65536), "at most 65535 outputs, not 65536"),
])
def test_an_unsound_network_is_refused(make, message):
    with pytest.raises(UserError, match=message):
        make()


@pytest.mark.parametrize("name", ["", "../../x", "a/b", "a b", "x" * 33, "n\n", "ü", None])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(UserError, match="name has 1 to 32 letters, digits, - or _, not "):
        replace(NETWORK, name=name)


def test_the_limits_themselves_are_sound():
    network = of_widths(inputs=65535, outputs=65535, latent=255, classes=255)()
    assert len(Info.of(network, bytes(32)).pack()) > 32
    check_widths(1, 1, 1, 0)
    for kind, limits in {"quadratic": [(0, (1 << 23) - (1 << 8) - 1), (-1 << 17, (1 << 17) - 1), (0, (1 << 12) - 1)],
                         "linear": [(0, (1 << 22) - (1 << 7) - 1), (-1 << 13, (1 << 13) - 1)]}.items():
        for column, values in enumerate(limits):
            for value in values:
                assert with_epsilon(column, value, kind)().epsilon_table[17, column] == value
    for unit in (byte(), classic(), fine(), compact()):
        replace(NETWORK, sigmoid=unit)
    assert replace(NETWORK, examples=np.zeros((0, 0), np.uint8)).example_codes.shape == (0, 0)


def test_examples_are_numbers_in_the_inputs_format():
    examples = np.array([[0, 127, 128, 255]], np.uint8)
    for signed, codes in ((False, [0, 127, 128, 255]), (True, [0, 127, -128, -1])):
        found = replace(NETWORK, input=Format(signed, 8, 0), examples=examples).example_codes
        assert found.dtype == np.int64 and found.tolist() == [codes]


def test_layers_come_in_the_order_of_computation():
    assert [name for name, *_ in NETWORK.layers()] == ["encoder.0", "mu", "v", "head", "decoder.0", "decoder.1"]
    assert NETWORK.macs == 4 * 8 + 2 * 8 * 2 + 2 * 8 + 8 * 4
