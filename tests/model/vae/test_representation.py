import numpy as np
import pytest
from matplotlib.figure import Figure

from varigate.model.vae.dataset import Dataset
from varigate.model.vae.decoders import DenseDecoder
from varigate.model.vae.encoders import DenseEncoder
from varigate.model.vae.maps import plot_repr2d, plot_training
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.representation import compute_repr2d, most_active

THETAS = np.array([0.0, 1.0]), np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.1, 0.2, 0.3])


def prepared(axes=3, latent=3):
    """A data set whose grid has so many axes, with a model of random parameters."""
    rng = np.random.default_rng(0)
    grid = tuple(map(len, THETAS[:axes]))
    dataset = Dataset(rng.normal(size=(*grid, 5, 2)), THETAS[:axes], "continuous")
    model = VAEmodel(DenseEncoder(dataset.sites, latent=latent), DenseDecoder(dataset.sites, latent=latent))
    return model.initialise(rng), dataset


def test_a_map_is_the_mean_of_absolute_means_with_the_pair_as_rows_and_columns():
    model, dataset = prepared()
    mean, logvar = (dataset.on_grid(each) for each in model.encode(dataset.samples))
    for pair in ((1, 0), (0, 1), (2, 0), (1, 2)):
        other, = {0, 1, 2} - set(pair)
        value = THETAS[other][1]
        maps, latvar = compute_repr2d(model, dataset, pair, (value,), return_latvar=True)
        assert maps.shape == latvar.shape == (3, len(THETAS[pair[0]]), len(THETAS[pair[1]]))
        place = [0, 0, 0]
        place[pair[0]], place[pair[1]], place[other] = 1, 0, 1
        np.testing.assert_allclose(maps[:, 1, 0], np.abs(mean[tuple(place)]).mean(0))
        np.testing.assert_allclose(latvar[:, 1, 0], logvar[tuple(place)].mean(0))


def test_the_most_active_latent_has_the_least_variance():
    assert most_active(np.array([[[-0.1, 0.0]], [[-3.0, -1.0]], [[-1.5, -1.5]]])) == 1


@pytest.mark.parametrize("latent", [1, 2, 3, 5, 7])
def test_as_many_panels_as_latents(latent):
    model, dataset = prepared(2, latent)
    figure = plot_repr2d(model, dataset)
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert titles == [f"latent {index}: mean |μ|" for index in range(latent)]
    assert len(plot_repr2d(model, dataset, subplot=False)) == latent
    alone = plot_repr2d(model, dataset, latvar=latent - 1)
    assert [axes.get_title() for axes in alone.axes if axes.get_title()] == titles[-1:]


def test_given_maps_are_drawn_as_they_are():
    model, dataset = prepared()
    maps = compute_repr2d(model, dataset, (2, 1), (1.0,))
    figure = plot_repr2d(model, dataset, maps, (2, 1))
    np.testing.assert_array_equal(figure.axes[0].collections[0].get_array().reshape(4, 3), maps[0])
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == ("θ[1]", "θ[2]")


def test_the_course_of_training():
    history = {"loss": [3.0, 2.0, 1.0], "reconstruction": [2.5, 1.5, 0.5], "kl": [0.5] * 3, "tc": [0.0] * 3,
               "beta": [1.0] * 3, "validation": []}
    figure = plot_training(history, 2)
    assert isinstance(figure, Figure)
    lines = {line.get_label(): (line.get_xdata().tolist(), list(line.get_ydata())) for axes in figure.axes
             for line in axes.lines}
    assert lines == {"loss": ([2, 3], [2.0, 1.0]), "reconstruction": ([2, 3], [1.5, 0.5]), "kl": ([2, 3], [0.5] * 2)}
    for count in (0, 4):
        with pytest.raises(ValueError, match=f"num_epochs is {count}; 3 epochs"):
            plot_training(history, count)


@pytest.mark.parametrize(("axes", "call", "message"), [
    (3, lambda *each: compute_repr2d(*each), r"values_other_thetas has 0 values; .*\[2\]"),
    (3, lambda *each: compute_repr2d(*each, (1, 0), (0.15,)), "values_other_thetas has 0.15 for axis 2"),
    (3, lambda *each: compute_repr2d(*each, (1, 1), (0.1,)), r"theta_pair is \(1, 1\)"),
    (3, lambda *each: compute_repr2d(*each, (3, 0), (0.1,)), r"theta_pair is \(3, 0\); .* 0…2"),
    (1, lambda *each: compute_repr2d(*each), "has 1 parameters"),
    (2, lambda *each: plot_repr2d(*each, latvar=3), "latvar is 3; latents are numbered 0…2"),
    (2, lambda *each: plot_repr2d(*each, latvar=np.zeros((3, 2, 3))),
     r"latvar has shape \(3, 2, 3\); \(latent, 3, 2\)")])
def test_errors_name_the_argument(axes, call, message):
    with pytest.raises(ValueError, match=message):
        call(*prepared(axes))
