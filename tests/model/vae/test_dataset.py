import numpy as np
import pytest

from varigate.model.vae.dataset import Dataset
from varigate.model.vae.sites import Sites

RNG = np.random.default_rng(0)
THETAS = np.array([0.0, 1.0]), np.array([-1.0, 0.0, 2.0])
LABELS, VALUES = RNG.integers(0, 3, (2, 3, 5, 4)), RNG.normal(size=(2, 3, 5, 2))


def test_the_three_types_over_a_grid():
    discrete = Dataset(LABELS, THETAS, local_dimension=3)
    assert discrete.sites == Sites(4, 0, 3) and discrete.grid == (2, 3) and discrete.samples.shape == (30, 4)
    continuous = Dataset(VALUES, THETAS, "continuous")
    assert continuous.sites == Sites(0, 2)
    hybrid = Dataset((LABELS, VALUES), THETAS, "hybrid", 3)
    assert hybrid.sites == Sites(4, 2, 3)
    labels, values = hybrid.unpack(hybrid.samples)
    assert np.array_equal(hybrid.on_grid(labels), LABELS) and labels.dtype == np.int64
    assert np.array_equal(hybrid.on_grid(values), VALUES)
    assert np.array_equal(hybrid.pack("samples", (labels, values)), hybrid.samples)


def test_the_validation_split_is_drawn_by_the_seed_and_loses_nothing():
    sets = [Dataset(LABELS, THETAS, local_dimension=3, validation=0.2, seed=seed) for seed in (1, 1, 2)]
    for each in sets:
        assert len(each.held_out) == 6
        assert sorted([*each.training, *each.held_out]) == list(range(30))
    assert np.array_equal(sets[0].held_out, sets[1].held_out)
    assert not np.array_equal(sets[0].held_out, sets[2].held_out)


BAD = np.where(np.arange(120).reshape(LABELS.shape) == 7, 3, LABELS)


@pytest.mark.parametrize(("arguments", "message"), [
    ((LABELS, THETAS, "quantum"), "data_type is 'quantum'; it is one of discrete, continuous, hybrid"),
    ((LABELS, THETAS[:1]), r"data has shape \(2, 3, 5, 4\); \(2, samples, seq_len\)"),
    ((LABELS.swapaxes(0, 1), THETAS, "discrete", 3), r"data has shape \(3, 2, 5, 4\); \(2, 3, samples, seq_len\)"),
    ((BAD, THETAS, "discrete", 3), r"data is 3 at \[0, 0, 1, 3\]; .* 0…2 \(local_dimension is 3\)"),
    ((VALUES, THETAS), "whole numbers"),
    ((VALUES * np.nan, THETAS, "continuous"), r"data is nan at \[0, 0, 0, 0\]"),
    ((VALUES, THETAS, "hybrid"), "pair"),
    (((LABELS, VALUES[:, :, :4]), THETAS, "hybrid", 3), r"data\[1\] has shape \(2, 3, 4, 2\)"),
    (((BAD, VALUES), THETAS, "hybrid", 3), r"data\[0\] is 3"),
    ((LABELS, (THETAS[0][::-1], THETAS[1]), "discrete", 3), r"thetas\[0\] is \[1. 0.\]; its values have to increase"),
    ((LABELS, (THETAS[0], THETAS[1] * np.nan), "discrete", 3), r"thetas\[1\] is nan"),
    ((LABELS, THETAS, "discrete", 3, 1.0), "validation is 1.0"),
    ((LABELS, THETAS, "discrete", 3, 0.99), "validation is 0.99, which leaves none of 30"),
    ((LABELS, THETAS, "discrete", 3.5), "local_dimension is 3.5; a whole number"),
    ((LABELS * 0, THETAS, "discrete", 1), "local_dimension is 1")])
def test_errors_name_the_argument(arguments, message):
    with pytest.raises(ValueError, match=message):
        Dataset(*arguments)


@pytest.mark.parametrize(("samples", "message"), [
    (LABELS[0, 0], "pair"), ((LABELS[0, 0], VALUES[0, 0, :3]), "5 rows of labels and 3"),
    ((LABELS[0, 0, :, :2], VALUES[0, 0]), r"input_samples has shape \(5, 4\); \(batch, 6\)"),
    ((LABELS[0, 0], VALUES[0]), r"input_samples\[1\] has shape \(3, 5, 2\)")])
def test_samples_are_checked_too(samples, message):
    with pytest.raises(ValueError, match=message):
        Dataset((LABELS, VALUES), THETAS, "hybrid", 3).pack("input_samples", samples)
