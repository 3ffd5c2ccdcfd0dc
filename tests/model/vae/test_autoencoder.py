import numpy as np

from varigate.model.data.pca import principal_angles, principal_components
from varigate.model.data.tables import iris
from varigate.model.figures.story_training import fit_plain
from varigate.model.nn.gradient_check import difference, numeric_gradient
from varigate.model.vae.autoencoder import autoencoder, error, linear_autoencoder

X = (iris().x - iris().x.mean(0)) / iris().x.std(0)


def test_gradients():
    made = autoencoder(4, (5,), 2, "sigmoid").initialise(np.random.default_rng(0))
    loss, gradients = made.loss(X[:7])
    assert gradients.keys() == made.parameters.keys() and not any("logvar" in name for name in gradients)
    for name, gradient in gradients.items():
        numeric = numeric_gradient(lambda: made.loss(X[:7])[0].total, made.parameters[name])
        assert difference(gradient, numeric) <= 1e-6
    mean, logvar, z, output = made(X[:7], np.random.default_rng(0))
    assert logvar is None and z is mean and loss.kl == 0
    assert loss.total == loss.reconstruction == np.mean(0.5 * ((X[:7] - output)**2).sum(1))


def test_a_linear_autoencoder_finds_the_subspace_of_pca_in_another_basis():
    for latent in (1, 2, 3):
        made, pca = linear_autoencoder(X, latent, np.random.default_rng(latent)), principal_components(X, latent)
        basis = made.parameters["decoder.output.weights"]
        assert principal_angles(basis, pca.components).max() < 1e-3
        assert abs(error(X, made.decode(made.encode(X)[0])) - error(X, pca.decode(pca.encode(X)))) < 1e-7
    assert np.abs(basis.T @ basis - np.eye(3)).max() > 0.1


def test_training_lowers_the_error_and_a_seed_decides_everything():
    courses = [fit_plain(autoencoder(4, (8,), 2), X[:100], 30, np.random.default_rng(0), X[100:]) for _ in range(2)]
    assert courses[0] == courses[1] and [row[0] for row in courses[0]] == [10, 20, 30]
    assert courses[0][-1][1] < 0.7 * courses[0][0][1]
