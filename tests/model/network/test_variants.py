from dataclasses import replace

import numpy as np
import pytest

from varigate.model.errors import UserError
from varigate.model.fixedpoint.accuracy import sigmoid_errors
from varigate.model.fixedpoint.epsilon import KINDS, epsilon_table
from varigate.model.fixedpoint.sigmoid import BYTE_INPUT, BYTE_OUTPUT, FINE_INPUT, WIDE_INPUT, byte, fine, wide
from varigate.model.network import network_file
from varigate.model.network.integer import infer
from varigate.model.network.random_network import random_input, random_network
from varigate.model.network.variants import SIGMOIDS, find_bits, sigmoid_of, units, variant


def sigmoidal(segments=128, seed=0):
    return random_network(np.random.default_rng(seed), activation="sigmoid", output_activation="sigmoid",
                          segments=segments)


@pytest.mark.parametrize("source", [BYTE_INPUT, WIDE_INPUT], ids=str)
@pytest.mark.parametrize("name", SIGMOIDS)
def test_every_code_is_within_one_unit_of_the_last_place(name, source):
    unit = sigmoid_of(name, source)
    assert (unit.input, unit.output) == (source, BYTE_OUTPUT)
    assert len(sigmoid_errors(unit)) == 256
    assert np.abs(sigmoid_errors(unit)).max() < 1


def test_the_shapes_of_the_units():
    shapes = {(name, source.frac): (sigmoid_of(name, source).order, sigmoid_of(name, source).segments)
              for name in SIGMOIDS for source in (BYTE_INPUT, WIDE_INPUT)}
    assert shapes == {("table", 4): (0, 128), ("table", 3): (0, 128), ("line", 4): (1, 16), ("line", 3): (1, 32),
                      ("parabola", 4): (2, 8), ("parabola", 3): (2, 16)}


def test_the_table_is_the_unit_of_the_shipped_networks():
    for source, unit in ((BYTE_INPUT, byte()), (WIDE_INPUT, wide())):
        for field in ("hold", "guard", "centres", "coefficients"):
            np.testing.assert_array_equal(getattr(sigmoid_of("table", source), field), getattr(unit, field))
    digits = network_file.load(network_file.find("digits"))
    same = variant(digits, sigmoid="table", epsilon="quadratic")
    assert network_file.digest(same) == network_file.digest(digits)
    assert network_file.digest(variant(digits, sigmoid="line")) != network_file.digest(digits)


@pytest.mark.parametrize("segments", [1, 8, 128])
def test_a_variant_differs_in_its_units_only(segments):
    network = sigmoidal(segments)
    changed = variant(network, sigmoid="line", epsilon="linear")
    assert units(changed) == {"bits": 8, "sigmoid": "order 1, 16 segments", "epsilon": "linear"}
    np.testing.assert_array_equal(changed.epsilon_table, epsilon_table("linear"))
    again = replace(changed, sigmoid=network.sigmoid, epsilon_table=network.epsilon_table)
    assert network_file.digest(again) == network_file.digest(network)
    assert variant(network) is network
    assert variant(network, epsilon="linear").sigmoid is network.sigmoid


def test_another_sigmoid_gives_nearly_the_same_numbers():
    """Of one layer: |difference| is at most the sum of two units' errors."""
    network = random_network(np.random.default_rng(2), activation="linear", hidden=(), output_activation="sigmoid",
                             inputs=30, segments=128)
    x = random_input(np.random.default_rng(1), network, 200)
    noise = np.zeros((200, network.latent), np.int64)
    outputs = [infer(variant(network, sigmoid=name), x, noise).output for name in SIGMOIDS]
    assert all(np.abs(other - outputs[0]).max() <= 1 for other in outputs[1:])
    assert any((other != outputs[0]).any() for other in outputs[1:])


def test_units_are_told_in_words():
    told = [units(sigmoidal(segments))["sigmoid"] for segments in (1, 8, 128)]
    assert told == ["order 5, 1 segment", "order 2, 8 segments", "table"]
    plain = random_network(np.random.default_rng(0), bits=4, epsilon="linear")
    assert units(plain) == {"bits": 4, "sigmoid": None, "epsilon": "linear"}
    assert {units(variant(plain, epsilon=kind))["epsilon"] for kind in KINDS} == set(KINDS)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: variant(random_network(np.random.default_rng(0), name="plain"), sigmoid="line"),
     "network plain has no sigmoid"),
    (lambda: variant(sigmoidal(), sigmoid="cubic"), "no sigmoid unit 'cubic': choose table, line, parabola"),
    (lambda: variant(sigmoidal(), epsilon="cubic"), "no ε unit 'cubic': choose quadratic, linear"),
    (lambda: sigmoid_of("line", FINE_INPUT), r"takes s8\.4 or s8\.3, not s16\.12"),
    (lambda: variant(with_unit(fine()), sigmoid="line"), r"gives u8\.8, and network random wants u16\.16"),
    (lambda: find_bits("iris", 5), "weights have 8, 6 or 4 bits, not 5"),
    (lambda: find_bits("rose", 8), "unknown network 'rose'"),
])
def test_what_does_not_fit_is_refused(make, message):
    with pytest.raises(UserError, match=message):
        make()


def with_unit(unit):
    """A network without layers of sigmoids that has a unit nevertheless."""
    return replace(random_network(np.random.default_rng(0), activation="relu"), sigmoid=unit)


def test_the_file_of_fewer_bits_lies_beside(tmp_path):
    own, few = tmp_path / "mine.npz", tmp_path / "mine-w4.npz"
    own.touch()
    few.touch()
    assert find_bits(str(own), 8) == own
    assert find_bits(str(own), 4) == find_bits(few, 4) == few
    with pytest.raises(UserError, match=r"^network mine has weights of 8 bits, and there is no .*mine-w6\.npz"):
        find_bits(own, 6)
    assert find_bits("mnist", 8) == network_file.SHIPPED / "mnist.npz"
    assert find_bits("iris-w4", 8) == network_file.SHIPPED / "iris.npz"


def test_a_network_that_has_the_bits_already_is_taken(tmp_path):
    """By its card, whatever its name is; a card that cannot be read says nothing."""
    own, card = tmp_path / "s4.npz", tmp_path / "s4.json"
    own.touch()
    for content in (b"{", b"[]", b"[" * 5000, b'{"settings": 4}', b'{"settings": {"bits": "4"}}'):
        card.write_bytes(content)
        assert find_bits(own, 8) == own
    card.write_text('{"settings": {"bits": 4}}')
    assert find_bits(own, 4) == own
    with pytest.raises(UserError, match=r"^network s4 has weights of 4 bits, and there is no .*s4-w8\.npz with 8$"):
        find_bits(own, 8)
    (tmp_path / "s4-w8.npz").touch()
    assert find_bits(own, 8) == tmp_path / "s4-w8.npz"
