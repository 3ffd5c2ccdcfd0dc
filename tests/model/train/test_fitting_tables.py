"""Training of tables: several networks side by side."""

from dataclasses import replace

import numpy as np
import pytest

from varigate.model.data.tables import LabelledTable
from varigate.model.errors import UserError
from varigate.model.train import fitting
from varigate.model.train.fitting import ATTEMPTS, fit
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


@pytest.fixture
def attempts(monkeypatch):
    """The number of networks and of epochs of every attempt that `fit` makes."""
    made, train = [], fitting._side_by_side

    def spy(dataset, settings, subsets, rngs, **running):
        made.append((len(subsets), settings.epochs))
        return train(dataset, settings, subsets, rngs, **running)

    monkeypatch.setattr(fitting, "_side_by_side", spy)
    return made


def errors(data, network):
    return int((network.infer(data.codes).cls != data.labels).sum())


def test_networks_that_lost_a_class_are_trained_again_and_the_best_is_taken(attempts):
    """One epoch does not suffice: there are as many attempts as are allowed, and none makes it worse."""
    data, _ = table(80)
    data = replace(data, x=np.where(data.labels[:, None], 3.0, -3.0) + 0.1 * data.x)
    settings, everything = TrainingSettings(epochs=1, batch=20), np.arange(80)
    networks = fit(data, settings, [everything] * 6, range(6))
    assert attempts[0] == (6, 1) and 2 <= len(attempts) <= ATTEMPTS
    assert [count for count, _ in attempts] == sorted((count for count, _ in attempts), reverse=True)
    first = [fit(data, replace(settings, class_weight=1e-9), [everything], [seed])[0] for seed in range(6)]
    assert sum(errors(data, each) for each in networks) < sum(errors(data, each) for each in first)


def test_a_good_network_is_trained_once(attempts):
    data, rows = table(60)
    fit(data, TrainingSettings(epochs=60, batch=10), rows, [0])
    assert len(attempts) == 1


def test_without_a_class_loss_there_is_one_attempt(attempts):
    data, rows = table(60)
    fit(data, TrainingSettings(epochs=1, class_weight=0.0), rows, [0])
    assert len(attempts) == 1


def test_few_samples_get_more_epochs_in_every_attempt(attempts):
    data, rows = table(12)
    data = replace(data, x=np.where(data.labels[:, None], 3.0, -3.0) + 0 * data.x)
    fit(data, TrainingSettings(epochs=1, rate=1e-9), rows, [0])
    assert [epochs for _, epochs in attempts] in ([1], [1, 2], [1, 2, 4], [1, 2, 4, 8])
