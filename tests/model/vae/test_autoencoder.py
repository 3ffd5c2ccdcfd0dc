import numpy as np

from varigate.model.data.pca import principal_angles, principal_components
from varigate.model.data.tables import iris
from varigate.model.nn.gradient_check import difference, numeric_gradient
from varigate.model.vae.autoencoder import Autoencoder, error, linear_autoencoder

X = (iris().x - iris().x.mean(0)) / iris().x.std(0)


def test_gradients():
    made = Autoencoder(4, (5,), 2, np.random.default_rng(0), "sigmoid")
    _, gradients = made.loss(X[:7])
    assert gradients.keys() == made.parameters.keys()
    for name, gradient in gradients.items():
        assert difference(gradient, numeric_gradient(lambda: made.loss(X[:7])[0], made.parameters[name])) <= 1e-6


def test_a_linear_autoencoder_finds_the_subspace_of_pca_in_another_basis():
    for latent in (1, 2, 3):
        made, pca = linear_autoencoder(X, latent, np.random.default_rng(latent)), principal_components(X, latent)
        basis = made.parameters["decoder.output.weights"]
        assert principal_angles(basis, pca.components).max() < 1e-3
        assert abs(error(X, made.decode(made.encode(X))) - error(X, pca.decode(pca.encode(X)))) < 1e-7
    assert np.abs(basis.T @ basis - np.eye(3)).max() > 0.1


def test_training_lowers_the_error_and_a_seed_decides_everything():
    courses = []
    for _ in range(2):
        rng = np.random.default_rng(0)
        courses.append(Autoencoder(4, (8,), 2, rng).train(X[:100], 30, rng, held_out=X[100:]))
    assert courses[0] == courses[1] and [row[0] for row in courses[0]] == [10, 20, 30]
    assert courses[0][-1][1] < 0.7 * courses[0][0][1]
