import numpy as np
import pytest

from gateware.matmul import MatrixEngine
from gateware.program import Array, Matrix, Segment, lower
from model import integer
from model.examples import random_input, random_network
from model.formats import Format
from model.network import Dense
from model.sampling import mean_latent
from model.sigmoid import taylor
from sim.streams import get, put, run

SHAPES = [(1, 1, 1), (2, 2, 1), (2, 2, 2), (4, 3, 1), (4, 3, 2), (8, 1, 1), (8, 1, 2), (16, 2, 1), (16, 2, 2)]


def multiply(engine, jobs, outputs, *, stall=0.0):
    """Runs `jobs`, pairs of a segment and a vector; returns `outputs` pairs of a value and its `last` mark."""
    received = []

    async def segments(ctx):
        await put(ctx, engine.i_job, [segment for segment, _ in jobs], stall=stall, seed=1)

    async def elements(ctx):
        await put(ctx, engine.i, [int(x) for _, vector in jobs for x in vector], stall=stall, seed=2)

    async def results(ctx):
        received.extend(await get(ctx, engine.o, outputs, stall=stall, seed=3))

    run(engine, segments, elements, results, deadline=40_000)
    return [(item.value, item.last) for item in received]


def marked(vector):
    return [(int(value), int(index == len(vector) - 1)) for index, value in enumerate(vector)]


@pytest.mark.parametrize("weights", ["lut", "block"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("seed", range(3))
def test_random_programs_equal_the_reference(seed, shape, weights):
    """The same networks for every shape: shapes, formats, shifts, biases and activations are all drawn."""
    rng = np.random.default_rng(seed)
    network = random_network(
        rng, inputs=int(rng.integers(1, 12)), hidden=tuple(int(width) for width in rng.integers(1, 20, seed)),
        latent=int(rng.integers(1, 5)), classes=int(rng.integers(1, 5)), activation=["relu", "sigmoid", "mixed"][seed],
        output_activation=["linear", "sigmoid"][seed % 2])
    x = random_input(rng, network, 4)
    mu, v = integer.encode(network, x)
    mu_z = mean_latent(mu, network.z)
    scores, (_, output) = integer.class_scores(network, mu_z), integer.decode(network, mu_z)
    jobs, expected = [], []
    for row in range(len(x)):
        jobs += [(Segment.ENCODER, x[row]), (Segment.HEAD, mu_z[row]), (Segment.DECODER, mu_z[row])]
        expected += marked([*mu[row], *v[row]]) + marked(scores[row]) + marked(output[row])
    engine = MatrixEngine(lower(network), Array(*shape), sigmoid=network.sigmoid, weights=weights)
    assert multiply(engine, jobs, len(expected), stall=[0, 0.4][(seed + shape[0]) % 2]) == expected


def single_layer(rng, **settings):
    """A network whose encoder is one matrix, so that segment 0 is a plain requantised product."""
    return random_network(rng, hidden=(), decoder_hidden=(), **settings)


@pytest.mark.parametrize("shape", [(2, 2, 1), (4, 3, 2), (8, 1, 1)], ids=str)
def test_matrix_times_matrix(shape):
    """A batch of vectors against held weights; the engine takes the next vector as soon as it is free."""
    rng = np.random.default_rng(8)
    network = single_layer(rng, inputs=7, latent=5, extreme=False)
    batch = random_input(rng, network, 20)
    engine = MatrixEngine(lower(network), Array(*shape))
    received = multiply(engine, [(Segment.ENCODER, x) for x in batch], len(batch) * 10)
    product = np.array([value for value, _ in received]).reshape(len(batch), 10)
    assert np.array_equal(product, np.hstack(integer.encode(network, batch)))


@pytest.mark.parametrize("signed_input", [False, True])
def test_extremes_saturate_at_both_ends_and_never_wrap(signed_input):
    """Weights of ±127 only, inputs at the ends of their format, biases that just reach the end of 32 bits."""
    saturated = set()
    for seed in range(6):
        rng = np.random.default_rng(seed)
        network = single_layer(rng, inputs=9, latent=8, signed_input=signed_input, extreme=True)
        network.mu.weights[:] = np.where(rng.integers(0, 2, network.mu.weights.shape), 127, -127)
        low, high = network.input.low, network.input.high
        batch = np.array([np.full(9, low), np.full(9, high), np.where(network.mu.weights[0] > 0, high, low),
                          np.where(network.mu.weights[0] > 0, low, high)])
        engine = MatrixEngine(lower(network), Array(8, 1))
        received = multiply(engine, [(Segment.ENCODER, x) for x in batch], len(batch) * 16)
        values = np.array([value for value, _ in received]).reshape(len(batch), 16)
        assert np.array_equal(values, np.hstack(integer.encode(network, batch)))
        saturated |= {"low"} if (values == network.mu.format.low).any() else set()
        saturated |= {"high"} if (values == network.mu.format.high).any() else set()
    assert saturated == {"low", "high"}


@pytest.mark.parametrize("inputs", [1, 2, 3])
@pytest.mark.parametrize("shape", [(16, 1, 1), (16, 2, 1), (8, 1, 1), (16, 1, 2), (12, 1, 3)], ids=str)
def test_a_short_job_waits_until_the_sums_before_it_have_drained(shape, inputs):
    """Jobs back to back that issue faster than they drain, and a queue deep enough to take them."""
    network = single_layer(np.random.default_rng(inputs), inputs=inputs, latent=8, outputs=64, classes=0)
    batch = random_input(np.random.default_rng(9), network, 6)
    engine = MatrixEngine(lower(network), Array(*shape))
    received = multiply(engine, [(Segment.ENCODER, x) for x in batch], len(batch) * 16)
    values = np.array([value for value, _ in received]).reshape(len(batch), 16)
    assert np.array_equal(values, np.hstack(integer.encode(network, batch)))


@pytest.mark.parametrize("bits", [8, 12, 16, 18])
def test_sigmoids_of_other_input_widths(bits):
    """The sum is saturated to the sigmoid's input, which may be wider than every result."""
    rng = np.random.default_rng(bits)
    sigmoid = taylor(8, 2, input=Format(True, bits, bits - 4))
    layer = Dense(rng.integers(-127, 128, (6, 3)), rng.integers(-20000, 20000, 6), np.arange(6), sigmoid.input,
                  "sigmoid")
    batch = rng.integers(0, 256, (20, 3))
    engine = MatrixEngine([[Matrix.of(layer, source=Format(False, 8, 0))]], Array(4, 1), sigmoid=sigmoid)
    received = multiply(engine, [(0, x) for x in batch], len(batch) * 6)
    values = np.array([value for value, _ in received]).reshape(len(batch), 6)
    assert np.array_equal(values, sigmoid(integer.dense(layer, batch)))


def test_an_array_whose_drain_does_not_divide_its_rows_is_refused():
    with pytest.raises(ValueError, match="3 rows, 1 columns, drain 2"):
        Array(3, 1, 2)
