import numpy as np
import pytest

from varigate.model.errors import UserError
from varigate.model.train.trainer import Samples, Settings, train

QUICK = Settings(epochs=15, batch=10)


def samples(count, seed):
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    x = rng.normal(size=(count, 3)) + 2 * labels[:, None]
    return Samples(x, x, labels)


def same(a, b):
    return all(np.array_equal(a[name], b[name]) for name in a)


def test_a_seed_decides_everything():
    data = samples(40, 0)
    (first,), (again,), (other,) = (train(QUICK, [data], 2, [seed]) for seed in (1, 1, 2))
    assert same(first, again) and not same(first, other)


def test_a_network_does_not_depend_on_its_company():
    both = train(QUICK, [samples(40, 0), samples(40, 1)], 2, [5, 6])
    alone, = train(QUICK, [samples(40, 1)], 2, [6])
    assert all(np.allclose(both[1][name], alone[name], rtol=1e-9) for name in alone)


def test_sets_of_unequal_size_train_side_by_side_and_padding_is_never_drawn():
    small = samples(23, 0)
    spoilt = train(QUICK, [small, samples(47, 1)], 2, [5, 6])
    assert all(np.isfinite(value).all() for each in spoilt for value in each.values())
    alone, = train(QUICK, [small], 2, [5])
    assert all(np.allclose(spoilt[0][name], alone[name], rtol=1e-9) for name in alone)


def test_training_lowers_the_loss():
    data, vae = samples(60, 3), QUICK.vae(3, 2)
    after, = train(QUICK, [data], 2, [0])
    before = vae.initial(np.random.default_rng(0))
    batch = data.x, data.y, np.eye(2)[data.labels], np.zeros((60, 2))
    assert vae.loss(after, *batch)[0] < 0.7 * vae.loss(before, *batch)[0]


def test_divergence_is_reported():
    with pytest.raises(UserError, match="smaller --rate"):
        train(Settings(epochs=30, rate=1e5), [samples(40, 0)], 2, [0])


def test_progress_goes_to_standard_error_and_only_when_wanted(capsys):
    train(QUICK, [samples(20, 0)], 2, [0])
    assert capsys.readouterr() == ("", "")
    train(QUICK, [samples(20, 0)], 2, [0], progress=True, text="learning")
    output, errors = capsys.readouterr()
    assert not output and "learning" in errors
