import numpy as np
import pytest
from matplotlib.image import imread

from varigate.model.data import images
from varigate.model.figures import latent_plots, network_plots, quality_plots
from varigate.model.train.trained import make


@pytest.fixture(scope="module")
def made(small_digits, small_settings):
    return make(small_digits[0], small_settings, test=small_digits[1])


def test_the_figures_are_drawn(tmp_path, made, small_digits):
    paths = network_plots.write(made, small_digits[1], tmp_path)
    assert [path.name for path in paths] == [f"digits.{name}.png" for name in (
        "curves", "reconstructions", "samples", "latent", "interpolation", "error")]
    for path in paths:
        picture = imread(path)
        assert min(picture.shape[:2]) > 150 and picture[..., :3].std() > 0.05


def test_a_wall_has_every_picture_in_its_place():
    pictures = np.arange(1, 7)[:, None] * np.ones((1, 6), int)
    canvas = images.wall(pictures, 2, 3, (2, 3), gap=1)
    assert canvas.shape == (5, 11)
    assert canvas[::3, ::4].tolist() == [[1, 2, 3], [4, 5, 6]] and (canvas[2] == canvas[0, 3]).all()


def test_reconstructions_stand_below_their_images(made, small_digits):
    figure = quality_plots.reconstructed_images(made, small_digits[1])
    shown = figure.axes[0].get_images()[0].get_array()
    first, below = shown[:8, :8], shown[10:18, :8]
    np.testing.assert_array_equal(first.ravel(), small_digits[1].codes[0])
    assert 0 < np.abs(first.astype(int) - below).mean() < 40


def test_an_interpolation_goes_from_one_class_to_the_next_and_closes(made, small_digits):
    shown = latent_plots.interpolation(made, small_digits[1]).axes[0].get_images()[0].get_array()
    assert shown.shape == (10 * 10 - 2, 13 * 10 - 2)
    np.testing.assert_array_equal(shown[:8, -8:], shown[10:18, :8])  # the end of a row is the start of the next
    np.testing.assert_array_equal(shown[-8:, -8:], shown[:8, :8])
