import numpy as np
import pytest

from varigate.gateware.engine.matmul import MatrixEngine
from varigate.gateware.engine.program import Array, Matrix, lower
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sampling import mean_latent
from varigate.model.fixedpoint.sigmoid import taylor
from varigate.model.network import integer
from varigate.model.network.network import IntegerLayer
from varigate.model.network.random_network import random_input, random_network
from varigate.sim.testbench.streams import get, put, run

SHAPES = [Array(1, 1), Array(2, 2, 2), Array(4, 3, 2), Array(8, 1), Array(8, 1, packed=True), Array(16, 2, 2),
          Array(3, 5, packed=True), Array(6, 4, 3, packed=True), Array(6, 7, 2, packed=True, cascade=False)]


def multiply(engine, vectors, results, *, stall=0.0):
    """Gives each subnet its `vectors` (a list for each), all at once; returns as many `results` of each, pairs of a
    value and its `last` mark."""
    received = [[] for _ in vectors]

    def elements(index):
        async def testbench(ctx):
            await put(ctx, getattr(engine, f"i_{index}"), [int(x) for vector in vectors[index] for x in vector],
                      stall=stall, seed=2 + index)
        return testbench

    def answers(index):
        async def testbench(ctx):
            for item in await get(ctx, getattr(engine, f"o_{index}"), results[index], stall=stall, seed=30 + index):
                received[index].append((item.value, item.last))
        return testbench

    run(engine, *map(elements, range(len(vectors))), *map(answers, range(len(vectors))), deadline=40_000)
    return received


def marked(vectors):
    return [(int(value), int(index == len(vector) - 1)) for vector in vectors for index, value in enumerate(vector)]


def product(engine, batch, outputs):
    """The batch through subnet 0, the other ones idle."""
    received, = multiply(engine, [batch], [len(batch) * outputs])
    return np.array([value for value, _ in received]).reshape(len(batch), outputs)


@pytest.mark.parametrize("weights", ["lut", "block"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("seed", range(3))
def test_random_programs_equal_the_reference(seed, shape, weights):
    """The same networks for every array: shapes, formats, shifts, biases and activations are all drawn."""
    rng = np.random.default_rng(seed)
    network = random_network(
        rng, inputs=int(rng.integers(1, 12)), hidden=tuple(int(width) for width in rng.integers(1, 20, seed)),
        latent=int(rng.integers(1, 5)), classes=int(rng.integers(1, 5)), activation=["relu", "sigmoid", "mixed"][seed],
        output_activation=["linear", "sigmoid"][seed % 2])
    x = random_input(rng, network, 6)
    mu, v = integer.encode(network, x)
    mu_z = mean_latent(mu, network.z)
    expected = [marked(np.hstack([mu, v])), marked(integer.decode(network, mu_z)[1]),
                marked(integer.class_scores(network, mu_z))]
    engine = MatrixEngine(lower(network), shape, sigmoid=network.sigmoid, weights=weights)
    received = multiply(engine, [x, mu_z, mu_z], list(map(len, expected)), stall=[0, 0.4][(seed + shape.rows) % 2])
    assert received == expected


def single_layer(rng, **settings):
    """A network whose encoder is one matrix, so that subnet 0 is a plain requantised product."""
    return random_network(rng, hidden=(), decoder_hidden=(), **settings)


@pytest.mark.parametrize("shape", [Array(2, 2), Array(4, 3, 2), Array(8, 1)], ids=str)
def test_matrix_times_matrix(shape):
    """A batch of vectors against held weights; the engine takes the next vector while it multiplies."""
    rng = np.random.default_rng(8)
    network = single_layer(rng, inputs=7, latent=5, extreme=False)
    batch = random_input(rng, network, 20)
    assert np.array_equal(product(MatrixEngine(lower(network), shape), batch, 10),
                          np.hstack(integer.encode(network, batch)))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("signed_input", [False, True])
def test_extremes_saturate_at_both_ends_and_never_wrap(signed_input, packed):
    """Weights of ±127 only, inputs at the ends of their format, biases that just reach the end of 32 bits."""
    saturated = set()
    for seed in range(6):
        rng = np.random.default_rng(seed)
        network = single_layer(rng, inputs=9, latent=8, signed_input=signed_input, extreme=True)
        network.mu.weights[:] = np.where(rng.integers(0, 2, network.mu.weights.shape), 127, -127)
        low, high = network.input.low, network.input.high
        batch = np.array([np.full(9, low), np.full(9, high), np.where(network.mu.weights[0] > 0, high, low),
                          np.where(network.mu.weights[0] > 0, low, high)])
        values = product(MatrixEngine(lower(network), Array(8, 3, packed=packed)), batch, 16)
        assert np.array_equal(values, np.hstack(integer.encode(network, batch)))
        saturated |= {"low"} if (values == network.mu.format.low).any() else set()
        saturated |= {"high"} if (values == network.mu.format.high).any() else set()
    assert saturated == {"low", "high"}


@pytest.mark.parametrize("inputs", [1, 2, 3])
@pytest.mark.parametrize("shape", [(16, 1, 1), (16, 2, 1), (8, 1, 1), (16, 1, 2), (12, 1, 3)], ids=str)
def test_a_short_vector_waits_until_the_sums_before_it_have_drained(shape, inputs):
    """Vectors back to back that issue faster than they drain, and a queue deep enough to take them."""
    network = single_layer(np.random.default_rng(inputs), inputs=inputs, latent=8, outputs=64, classes=0)
    batch = random_input(np.random.default_rng(9), network, 6)
    values = product(MatrixEngine(lower(network), Array(*shape)), batch, 16)
    assert np.array_equal(values, np.hstack(integer.encode(network, batch)))


@pytest.mark.parametrize("bits", [8, 12, 16, 18])
def test_sigmoids_of_other_input_widths(bits):
    """The sum is saturated to the sigmoid's input, which may be wider than every result."""
    rng = np.random.default_rng(bits)
    sigmoid = taylor(8, 2, input=Format(True, bits, bits - 4))
    layer = IntegerLayer(rng.integers(-127, 128, (6, 3)), rng.integers(-20000, 20000, 6), np.arange(6), sigmoid.input,
                  "sigmoid")
    batch = rng.integers(0, 256, (20, 3))
    engine = MatrixEngine([[Matrix.of(layer, source=Format(False, 8, 0))]], Array(4, 1), sigmoid=sigmoid)
    values = product(engine, batch, 6)
    assert np.array_equal(values, sigmoid(integer.dense(layer, batch)))


def test_an_array_whose_drain_does_not_divide_its_rows_is_refused():
    with pytest.raises(ValueError, match="3 rows, 1 columns, drain 2"):
        Array(3, 1, 2)
