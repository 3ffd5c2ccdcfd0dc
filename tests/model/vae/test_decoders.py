import numpy as np
import pytest

from varigate.model.nn.gradient_check import difference, numeric_gradient
from varigate.model.vae.decoders import AutoregressiveDecoder, DenseDecoder
from varigate.model.vae.sites import Sites

KINDS = [Sites(4, 0, 3), Sites(0, 4), Sites(2, 2)]


def samples(sites, rng, count=4):
    return np.concatenate([rng.integers(0, sites.local_dimension, (count, sites.discrete)),
                           rng.normal(size=(count, sites.continuous))], 1)


def trembling(decoder, rng):
    """Random parameters, biases included."""
    return {name: value + rng.normal(0, 0.3, value.shape) for name, value in decoder.initial(rng).items()}


@pytest.mark.parametrize("sites", KINDS, ids=str)
@pytest.mark.parametrize("kind", [DenseDecoder, AutoregressiveDecoder])
def test_gradients(kind, sites):
    rng = np.random.default_rng(0)
    decoder = kind(sites, (7, 6), 2, "sigmoid")
    parameters, z, x = decoder.initial(rng), rng.normal(size=(4, 2)), samples(sites, rng)
    cp, saved = decoder.forward(parameters, z, x)
    d_cp = sites.reconstruction(cp, x, 0.4 if sites.data_type == "hybrid" else 0.0)[1]

    def loss():
        return sites.reconstruction(decoder.forward(parameters, z, x)[0], x,
                                    0.4 if sites.data_type == "hybrid" else 0.0)[0]

    d_z, gradients = decoder.backward(parameters, saved, d_cp)
    assert gradients.keys() == parameters.keys()
    for gradient, array in [(d_z, z), *((gradients[name], parameters[name]) for name in parameters)]:
        assert difference(gradient, numeric_gradient(loss, array)) <= 1e-6


@pytest.mark.parametrize("sites", KINDS, ids=str)
@pytest.mark.parametrize("hidden", [(4,), (40,), (30, 30), (9, 20, 5)])
def test_a_site_depends_on_the_sites_before_it_and_on_z_and_on_nothing_else(hidden, sites):
    rng = np.random.default_rng(1)
    decoder = AutoregressiveDecoder(sites, hidden, 2, "sigmoid")  # no unit is ever dead
    parameters, z, x = trembling(decoder, rng), rng.normal(size=(4, 2)), samples(sites, rng)

    def outputs(z, x):
        labels, values = sites.parts(decoder.forward(parameters, z, x)[0])
        return [*(np.moveaxis(labels, 1, 0) if sites.discrete else ()),
                *(np.moveaxis(values, 1, 0) if sites.continuous else ())]

    before = outputs(z, x)
    for site in range(sites.seq_len):
        moved = x.copy()
        moved[:, site] = (moved[:, site] + 1) % sites.local_dimension if site < sites.discrete else x[:, site] + 1
        changed = [not np.array_equal(a, b) for a, b in zip(before, outputs(z, moved), strict=True)]
        assert changed == [each > site for each in range(sites.seq_len)]
    assert not any(np.array_equal(a, b) for a, b in zip(before, outputs(z + 1, x), strict=True))


def test_conditional_probabilities_of_all_configurations_sum_to_one():
    rng, sites = np.random.default_rng(2), Sites(5, 0, 2)
    decoder = AutoregressiveDecoder(sites, (20,), 2)
    parameters = trembling(decoder, rng)
    x = np.array(np.meshgrid(*[[0.0, 1.0]] * 5)).reshape(5, -1).T
    cp, _ = decoder.forward(parameters, np.tile(rng.normal(size=(1, 2)), (32, 1)), x)
    assert np.exp(sites.log_likelihood(cp, x)).sum() == pytest.approx(1, abs=1e-12)


def test_samples_of_an_autoregressive_decoder_follow_its_joint_distribution():
    rng, sites = np.random.default_rng(3), Sites(3, 0, 2)
    decoder = AutoregressiveDecoder(sites, (16,), 1)
    parameters = {name: 3 * value for name, value in trembling(decoder, rng).items()}
    z = np.full((20000, 1), 0.4)
    drawn = decoder.sample(parameters, z, rng)
    x = np.array(np.meshgrid(*[[0.0, 1.0]] * 3, indexing="ij")).reshape(3, -1).T
    expected = np.exp(sites.log_likelihood(decoder.forward(parameters, z[:8], x)[0], x))
    found = np.bincount((drawn @ [4, 2, 1]).astype(int), minlength=8) / 20000
    np.testing.assert_allclose(found, expected, atol=4 * 0.5 / 20000**0.5)
    assert expected.max() > 0.2


@pytest.mark.parametrize(("call", "message"), [
    (lambda: DenseDecoder(Sites(2), latent=0), "latent is 0"),
    (lambda: AutoregressiveDecoder(Sites(5), ()), "at least one layer"),
    (lambda: AutoregressiveDecoder(Sites(5), (8, 4)), r"hidden is \(8, 4\); .* 5 units")])
def test_impossible_decoders_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
