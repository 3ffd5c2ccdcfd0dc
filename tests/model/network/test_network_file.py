import re
from dataclasses import fields, replace

import numpy as np
import pytest

from varigate.model import archive
from varigate.model.errors import UserError
from varigate.model.fixedpoint.epsilon import KINDS, epsilon_table
from varigate.model.fixedpoint.sigmoid import byte, classic, compact, fine, taylor
from varigate.model.network import network_file
from varigate.model.network.integer import infer
from varigate.model.network.network import Network
from varigate.model.network.random_network import random_input, random_network

CASES = [("relu", "linear", (8,), 3), ("sigmoid", "sigmoid", (5, 3), 2), ("linear", "linear", (), 0),
         ("mixed", "sigmoid", (3,) * 11, 5)]


def random(seed=0, activation="sigmoid", output="linear", hidden=(8,), classes=3):
    return random_network(np.random.default_rng(seed), hidden=hidden, classes=classes, activation=activation,
                          output_activation=output)


@pytest.mark.parametrize("case", CASES)
def test_what_is_saved_is_loaded(tmp_path, case):
    network = random(1, *case)
    network_file.save(network, tmp_path / "n.npz")
    again = network_file.load(tmp_path / "n.npz")
    assert network_file.digest(again) == network_file.digest(network)
    for (name, a, source), (other, b, expected) in zip(again.layers(), network.layers(), strict=True):
        assert (name, a.format, a.activation, source) == (other, b.format, b.activation, expected)
        for key in ("weights", "bias", "shift"):
            np.testing.assert_array_equal(getattr(a, key), getattr(b, key))
            assert getattr(a, key).dtype == np.int64
    for field in fields(Network):
        if field.name not in ("encoder", "decoder", "mu", "v", "head", "sigmoid"):
            np.testing.assert_array_equal(getattr(again, field.name), getattr(network, field.name))
    x = random_input(np.random.default_rng(2), network, 50)
    for key, value in vars(infer(network, x)).items():
        np.testing.assert_array_equal(value, getattr(infer(again, x), key))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_epsilon_is_kept(tmp_path, kind):
    network = random_network(np.random.default_rng(3), epsilon=kind)
    network_file.save(network, tmp_path / "n.npz")
    again = network_file.load(tmp_path / "n.npz").epsilon_table
    assert again.dtype == np.int64
    np.testing.assert_array_equal(again, epsilon_table(kind))


@pytest.mark.parametrize("unit", [byte(), classic(), taylor(8, 2), taylor(64, 0), fine(), compact()], ids=range(6))
def test_every_kind_of_sigmoid_is_kept(tmp_path, unit):
    network = random(activation="linear")
    hidden = replace(quiet(network.encoder[0]), format=unit.input, activation="sigmoid")
    network = replace(network, encoder=(hidden,), mu=quiet(network.mu), v=quiet(network.v), sigmoid=unit)
    network_file.save(network, tmp_path / "n.npz")
    again = network_file.load(tmp_path / "n.npz").sigmoid
    for field in fields(unit):
        np.testing.assert_array_equal(getattr(again, field.name), getattr(unit, field.name))
    codes = np.arange(unit.input.low, unit.input.high + 1)
    np.testing.assert_array_equal(again(codes), unit(codes))


def quiet(layer):
    """Small weights, so that inputs of 16 bits need no accumulator of more than 32."""
    return replace(layer, weights=layer.weights // 64, bias=np.zeros_like(layer.bias))


def test_everything_that_matters_is_in_the_digest():
    network = random()
    others = [random(1), random(hidden=(9,)), random(activation="relu")]
    assert len({network_file.digest(each) for each in (network, random(), *others)}) == 4


def test_the_shipped_network_is_found_and_sound():
    plain = [name for name in network_file.shipped() if not re.search(r"-w\d$", name)]
    assert plain == ["digits", "iris", "mnist", "mnist-free"]
    assert network_file.shipped() == sorted(network_file.shipped())
    network = network_file.load(network_file.find("iris"))
    assert (network.inputs, network.latent, network.outputs, network.classes) == (4, 2, 4, 3)
    assert network.examples.shape == (150, 4) and network.examples.dtype == np.uint8
    assert (network.noun, network.unit) == ("flower", "cm")
    assert network.class_names == ("setosa", "versicolor", "virginica")


def test_a_path_is_found_and_an_unknown_name_is_not(tmp_path):
    path = tmp_path / "own.npz"
    with pytest.raises(UserError, match="there is no file"):
        network_file.find(path)
    network_file.save(random(), path)
    assert network_file.find(path) == path
    for name in ("roses", "iris.float", "", "../iris"):
        with pytest.raises(UserError, match=r"unknown network .*iris"):
            network_file.find(name)


def tampered(tmp_path, change):
    """A file whose digest is right and whose arrays `change` has spoilt."""
    network_file.save(random(), tmp_path / "n.npz")
    arrays = archive.read(tmp_path / "n.npz")
    meta = archive.unpack_json(arrays["meta"])
    change(arrays, meta)
    if "meta" in arrays and arrays["meta"].dtype == np.uint8:
        arrays["meta"] = archive.pack_json(meta)
    archive.write(tmp_path / "n.npz", arrays)
    return tmp_path / "n.npz"


def put(name, value):
    return lambda arrays, meta: arrays.update({name: value(arrays[name]) if callable(value) else value})


def say(**changes):
    return lambda arrays, meta: meta.update(changes)


def shifts(value):
    return put("encoder.0.shift", lambda a: np.full_like(a, value))


CHANGES = {
    "missing weights": lambda arrays, meta: arrays.pop("encoder.0.weights"),
    "missing table": lambda arrays, meta: arrays.pop("sigma_table"),
    "missing meta": lambda arrays, meta: arrays.pop("meta"),
    "one array too many": lambda arrays, meta: arrays.update(more=np.zeros(1)),
    "another dtype": put("encoder.0.weights", lambda a: a.astype("<i2")),
    "another shape": put("encoder.0.weights", lambda a: a[:, :3]),
    "a vector for a matrix": put("encoder.0.weights", lambda a: a.ravel()),
    "too few biases": put("mu.bias", lambda a: a[:1]),
    "weights of -128": put("mu.weights", lambda a: np.full_like(a, -128)),
    "shift out of range": shifts(32),
    "accumulator too wide": put("encoder.0.bias", lambda a: np.full_like(a, 2**31 - 1)),
    "short table": put("sigma_table", lambda a: a[:255]),
    "epsilon table out of range": put("epsilon_table", lambda a: a + (1 << 24)),
    "epsilon table that rounding would overflow": put(
        "epsilon_table", lambda a: np.maximum(a, np.array([8388607, -131072, 0], a.dtype))),
    "no step": put("input_step", lambda a: a * 0),
    "a list of examples": put("examples", lambda a: a.ravel()),
    "a wide sigmoid": lambda arrays, meta: meta["sigmoid"].update(input="s17.4"),
    "a path for a name": say(name="../../x"),
    "no segments": put("sigmoid.centres", lambda a: a[:0]),
    "three segments": put("sigmoid.centres", lambda a: np.zeros(3, a.dtype)),
    "no coefficients": put("sigmoid.coefficients", lambda a: a[:, :0]),
    "huge coefficients": put("sigmoid.coefficients", lambda a: a + (1 << 40)),
    "infinite step": put("input_step", lambda a: a * np.inf),
    "meta is no JSON": put("meta", np.frombuffer(b"{", np.uint8).astype("<i2")),
    "another version": say(version=2),
    "no format": say(z="s8"),
    "z too fine": say(z="s8.9"),
    "unknown activation": lambda arrays, meta: meta["layers"][0].__setitem__(1, "tanh"),
    "layer without a name": lambda arrays, meta: meta["layers"][0].__setitem__(0, "encoder.7"),
    "layers of another kind": say(layers=3),
    "sigmoid without a unit": say(sigmoid=None),
    "sigmoid without a format": say(sigmoid={}),
    "seed of 33 bits": say(epsilon_seed=1 << 32),
    "seed of another kind": say(epsilon_seed="x"),
    "too few class names": say(class_names=["one"]),
    "no name": lambda arrays, meta: meta.pop("name"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_damage_under_a_right_digest_is_one_line(tmp_path, change):
    with pytest.raises(UserError) as caught:
        network_file.load(tampered(tmp_path, change))
    assert "\n" not in str(caught.value) and "n.npz" in str(caught.value)


def test_another_version_says_so(tmp_path):
    with pytest.raises(UserError, match=r"version 2.*reads version 1"):
        network_file.load(tampered(tmp_path, say(version=2)))


def test_flipped_bits_never_give_another_network(tmp_path):
    path, network = tmp_path / "n.npz", random()
    network_file.save(network, path)
    content, rng, refused = path.read_bytes(), np.random.default_rng(0), 0
    for place in rng.integers(0, 8 * len(content), 300).tolist():
        broken = bytearray(content)
        broken[place // 8] ^= 1 << place % 8
        path.write_bytes(broken)
        try:
            assert network_file.digest(network_file.load(path)) == network_file.digest(network)
        except UserError:
            refused += 1
    assert refused > 150
