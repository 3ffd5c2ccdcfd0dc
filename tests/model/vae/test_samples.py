import numpy as np
import pytest

from varigate.model.vae.decoders import DenseDecoder
from varigate.model.vae.encoders import DenseEncoder
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.plain_sites import PlainSites
from varigate.model.vae.samples import Samples, SampleSets
from varigate.model.vae.sites import Sites
from varigate.model.vae.trainer import VAETrainer


def numbers(count, seed=0, **options):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 3))
    return Samples(PlainSites(3), x, 2 * x, np.eye(2)[np.arange(count) % 2], **options)


@pytest.mark.parametrize(("whole", "lengths"), [(False, [6, 6, 5, 5, 5]), (True, [6, 6, 6, 6])])
def test_batches_are_all_samples_or_whole(whole, lengths):
    data = numbers(27, whole_batches=whole)
    for re_shuffle in (True, False):
        batches = data.batches(np.random.default_rng(1), 6, re_shuffle)
        assert list(map(len, batches)) == lengths and len(set(np.concatenate(batches))) == sum(lengths)
        assert np.array_equal(np.concatenate(batches), np.arange(sum(lengths))) == (not re_shuffle)
    assert data.smallest_batch(6) == min(lengths)
    assert list(map(len, data.batches(np.random.default_rng(1), 100))) == [27] and data.smallest_batch(100) == 27


def test_a_batch_has_targets_and_classes_where_there_are_any():
    data, rows = numbers(9), np.array([4, 2])
    batch = data.batch(rows)
    np.testing.assert_array_equal(batch["targets"], 2 * data.samples[rows])
    np.testing.assert_array_equal(batch["onehot"], [[1, 0], [1, 0]])
    assert Samples(Sites(2), np.zeros((3, 2))).batch(rows[1:]).keys() == {"x"}


def test_samples_are_those_of_their_sites():
    with pytest.raises(ValueError, match=r"samples is 2 at \[0, 0\]"):
        Samples(Sites(2), np.full((3, 2), 2))


def test_sets_side_by_side_draw_as_many_from_each_and_never_the_padding():
    sets = [numbers(size, seed) for seed, size in enumerate((11, 14, 30))]
    data = SampleSets(sets)
    batches = data.batches([np.random.default_rng(seed) for seed in range(3)], 5)
    assert [rows.shape for rows in batches] == [(3, 5), (3, 5)] and data.smallest_batch(5) == 5
    for index, each in enumerate(sets):
        own = np.concatenate(batches, 1)[index]
        np.testing.assert_array_equal(own, np.random.default_rng(index).permutation(len(each.samples))[:11][:10])
        for name, value in data.batch(batches[0]).items():
            np.testing.assert_array_equal(value[index], each.parts[name][batches[0][index]])
    assert [rows.tolist() for rows in data.batches([None] * 3, 6, False)] == [[list(range(6))] * 3]


def test_what_one_looks_at_after_training_on_plain_numbers():
    data, sites = numbers(30), PlainSites(3)
    trainer = VAETrainer(VAEmodel(DenseEncoder(sites, (5,)), DenseDecoder(sites, (5,)), classes=2), data)
    trainer.train(2, 10, np.random.default_rng(0))
    found = trainer.get_data()
    assert found["data"] is data.samples or np.array_equal(found["data"], data.samples)
    assert found["mean"].shape == found["logvar"].shape == (30, 2) and found["thetas"] == ()
    assert trainer.get_cp(data.samples[:4]).shape == (4, 3)
    assert trainer.reconstruct_sample(data.samples[:4], np.random.default_rng(0)).shape == (4, 3)
    assert len(trainer.plot_training(2).axes) == 2
