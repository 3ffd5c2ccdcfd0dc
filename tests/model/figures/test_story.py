import numpy as np
import pytest
from matplotlib.image import imread

from varigate.model.data import images
from varigate.model.figures import story, story_deep, story_generation, story_linear, story_vae
from varigate.model.figures.story_data import material
from varigate.model.figures.story_training import trained_vae
from varigate.model.nn.losses import kl_standard_normal


@pytest.fixture(scope="module")
def iris_material(flowers):
    return material(flowers)


@pytest.fixture(scope="module")
def digit_material():
    return material(images.digits()[1])


def test_tables_and_images_are_in_units_of_their_spread(flowers, iris_material, digit_material):
    np.testing.assert_allclose(iris_material.values(iris_material.x), flowers.x)
    np.testing.assert_allclose([iris_material.x.mean(0), iris_material.x.std(0)], [[0] * 4, [1] * 4], atol=1e-12)
    np.testing.assert_allclose(digit_material.values(digit_material.x), images.digits()[1].grey, atol=1e-6)
    assert digit_material.shape == (8, 8) and (digit_material.smooth.std(0) > 0.09).all()


@pytest.mark.parametrize("data", ["iris_material", "digit_material"])
def test_the_linear_part_of_the_story(data, request):
    data = request.getfixturevalue(data)
    _, numbers = story_linear.components(data)
    assert max(numbers["equation"], numbers["orthogonality"], numbers["within"]) < 1e-12
    assert numbers["error"] > 0.01
    _, numbers = story_linear.linear(data)
    assert max(numbers["angles"]) < 1e-3
    assert np.abs(np.array(numbers["gram"]) - np.eye(2)).max() > 0.1  # another basis
    assert numbers["error"] == pytest.approx(numbers["error_pca"], rel=1e-5)


def test_the_plain_autoencoder_overfits_and_decodes_between_the_flowers_and_the_vae_less(iris_material):
    _, numbers = story_deep.failure(iris_material)
    plain, vae = numbers["autoencoder"], numbers["VAE"]
    assert plain["held_out"] / plain["seen"] > 2 * vae["held_out"] / vae["seen"]
    assert plain["distance_of_draws"] > vae["distance_of_draws"]
    assert plain["distance_half_way"] > vae["distance_half_way"]


def test_depth_helps_where_latents_are_few_and_no_hidden_layer_is_pca(iris_material):
    _, numbers = story_deep.depth(iris_material)
    pca, linear, *deep = np.array(numbers["errors"])
    np.testing.assert_allclose(linear, pca, rtol=0.1)
    assert np.max(deep, 0)[0] < pca[0] / 2
    assert (np.diff(pca) < 0).all()


def test_the_gradient_through_z_is_right_and_has_less_noise(iris_material):
    _, numbers = story_vae.reparameterisation(iris_material)
    for name in ("reparameterised", "score"):
        mean, spread = numbers[name]
        assert mean == pytest.approx(numbers["exact"], abs=4 * spread / 4000**0.5)
    assert numbers["score"][1] > 2 * numbers["reparameterised"][1]


def test_the_bars_are_the_parts_of_the_divergence_and_the_trained_model_is_shared(iris_material):
    _, numbers = story_vae.divergence(iris_material)
    model = trained_vae(iris_material)
    assert trained_vae(iris_material) is model
    expected = kl_standard_normal(*model.encode(iris_material.smooth))
    assert sum(numbers["kl"]) == pytest.approx(expected) and expected > 1


def test_a_thousand_generated_flowers_have_the_means_of_the_real_ones(iris_material):
    _, numbers = story_generation.generation(iris_material)
    assert numbers["shift"] <= 0.2
    np.testing.assert_allclose(numbers["covariance"], numbers["covariance_of_data"], atol=0.25)


@pytest.mark.long
@pytest.mark.parametrize("name", ["iris", "digits"])
def test_all_figures_are_drawn(tmp_path, name):
    paths = story.write(name, tmp_path / "new")
    assert [path.name for path in paths] == [f"story-{name}-{figure}.png" for figure in story.FIGURES]
    for path in paths:
        image = imread(path)
        assert min(image.shape[:2]) > 350 and image[..., :3].std() > 0.05
