import numpy as np
import pytest

from varigate.explore.joint import presets
from varigate.explore.joint.splits import by_layer
from varigate.explore.spaces import vaesa
from varigate.model.errors import UserError


def table(layers=4):
    rng = np.random.default_rng(0)
    found = rng.integers(1, 9, (layers, 9)).astype(float)
    return vaesa.PublishedTable(found, *rng.uniform(1, 9, (2, layers, vaesa.SPACE.size)))


def test_the_published_sizes():
    paper = presets.options("paper")
    assert (paper.seed, paper.nz, paper.epochs, paper.dataset_size) == (1234, 4, 2000, 131328)
    assert (paper.pred_model, paper.vae_model, paper.obj) == ("orig_1", "model_1", "edp")
    made = presets.trainer(table(), by_layer(4, vaesa.SPACE.size, unseen=1, seed=0), paper, "paper")
    shapes = {name: value.shape for name, value in made.model.parameters.items()}
    assert [shapes[f"encoder.{index}.bias"] for index in range(3)] == [(1024,), (2048,), (1024,)]
    assert [shapes[f"decoder.{index}.bias"] for index in range(3)] == [(1024,), (2048,), (1024,)]
    assert [shapes[name] for name in ("pair.z.bias", "pair.0.bias", "pair.1.bias")] == [(256,), (1024,), (256,)]
    assert len(made.designs.samples) == 2304 and made.training.epochs == 2000


@pytest.mark.parametrize("name", presets.VAES)
def test_every_vae_has_a_mirrored_decoder(name):
    model = presets.trainer(table(), by_layer(4, vaesa.SPACE.size, unseen=1, seed=0),
                            presets.options(vae_model=name)).model
    assert model.vae.encoder.hidden == model.vae.decoder.hidden[::-1] == presets.VAES[name]


def test_options_change_a_preset():
    chosen = presets.options("small", nz=3, obj="energy", epochs=None)
    assert (chosen.nz, chosen.epochs, chosen.obj) == (3, presets.Options().epochs, "energy")


def test_the_data_set_may_be_smaller():
    split = by_layer(4, vaesa.SPACE.size, unseen=1, seed=0)
    one, again, other = (presets.trainer(table(), split, presets.options(dataset_size=301, seed=seed))
                         for seed in (1, 1, 2))
    assert len(one.designs.samples) == 100
    assert np.array_equal(one.loss.samples, again.loss.samples)
    assert not np.array_equal(one.loss.samples, other.loss.samples)


@pytest.mark.parametrize(("changes", "message"), [
    ({"preset": "huge"}, "--preset is one of small, paper, not 'huge'"), ({"nz": 0}, "--nz is 0"),
    ({"vae_model": "x"}, "--vae-model is one of small, orig, model_1, model_2"),
    ({"pred_model": "x"}, "--pred-model is one of small, orig, deep, orig_1, deep_1"),
    ({"obj": "area"}, "--obj is one of edp, latency, energy"), ({"epochs": 0}, "--epochs is 0"),
    ({"dataset_size": 0}, "--dataset-size is 0"), ({"seed": -1}, "--seed is -1")])
def test_wrong_options_are_named(changes, message):
    with pytest.raises(UserError, match=message):
        presets.options(**changes)


def test_the_objective_and_the_total_correlation_reach_the_training():
    split = by_layer(4, vaesa.SPACE.size, unseen=1, seed=0)
    made = presets.trainer(table(), split, presets.options(obj="energy", gamma=0.5, dataset_size=64))
    assert (made.training.objective, made.training.gamma) == ((0.0, 1.0), 0.5)
    assert made.loss.share[0] == 0 and made.loss.share[1] > 0
