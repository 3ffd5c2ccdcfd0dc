"""Training of tables: several networks side by side."""

import numpy as np
import pytest

from varigate.model.data.tables import LabelledTable
from varigate.model.errors import UserError
from varigate.model.train.fitting import fit
from varigate.model.train.recipes import TrainingSettings

QUICK = TrainingSettings(epochs=15, batch=10)


def table(*sizes):
    """A table of so many samples, and the rows of each part."""
    rng = np.random.default_rng(0)
    labels = np.arange(sum(sizes)) % 2
    x = rng.normal(size=(sum(sizes), 3)) + 2 * labels[:, None]
    data = LabelledTable("table", x, labels, tuple("abc"), ("no", "yes"), np.full(3, -6.0), np.full(3, 0.06))
    return data, np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1])


def arrays(network):
    return [array for _, layer in network.layers() for array in (layer.weights, layer.bias)]


def same(a, b):
    return all(map(np.array_equal, arrays(a), arrays(b)))


def close(a, b):
    return all(np.allclose(one, other, rtol=1e-9) for one, other in zip(arrays(a), arrays(b), strict=True))


def test_a_seed_decides_everything():
    data, rows = table(40)
    (first,), (again,), (other,) = (fit(data, QUICK, rows, [seed]) for seed in (1, 1, 2))
    assert same(first, again) and not same(first, other)


def test_a_network_does_not_depend_on_its_company():
    data, rows = table(40, 40)
    both = fit(data, QUICK, rows, [5, 6])
    alone, = fit(data, QUICK, rows[1:], [6])
    assert close(both[1], alone)


def test_sets_of_unequal_size_train_side_by_side_and_padding_is_never_drawn():
    data, rows = table(23, 47)
    both = fit(data, QUICK, rows, [5, 6])
    assert all(np.isfinite(array).all() for each in both for array in arrays(each))
    alone, = fit(data, QUICK, rows[:1], [5])
    assert close(both[0], alone)


def test_training_lowers_the_loss():
    data, rows = table(60)
    losses = []
    for epochs in (1, 15):
        network, = fit(data, TrainingSettings(epochs=epochs, batch=10), rows, [0])
        result = network.infer(data.codes)
        losses.append(np.mean((network.whitening(result.output) - network.whitening(data.codes))**2)
                      + np.mean(result.cls != data.labels))
    assert losses[1] < 0.7 * losses[0]


def test_divergence_is_reported():
    data, rows = table(40)
    with pytest.raises(UserError, match="smaller --rate"):
        fit(data, TrainingSettings(epochs=30, rate=1e5), rows, [0])


def test_progress_goes_to_standard_error_and_only_when_wanted(capsys):
    data, rows = table(20)
    fit(data, QUICK, rows, [0])
    assert capsys.readouterr() == ("", "")
    fit(data, QUICK, rows, [0], progress=True, text="learning")
    output, errors = capsys.readouterr()
    assert not output and "learning" in errors
