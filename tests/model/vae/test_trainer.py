import numpy as np
import pytest

from varigate.model.errors import UserError
from varigate.model.nn.optimisers import SGD, AdaBelief, Adam
from varigate.model.vae.dataset import Dataset
from varigate.model.vae.decoders import AutoregressiveDecoder, DenseDecoder
from varigate.model.vae.encoders import DenseEncoder
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.sites import DATA_TYPES
from varigate.model.vae.trainer import VAETrainer


def dataset(data_type="discrete", validation=0.2, count=60):
    """Two clusters at two values of a parameter."""
    rng = np.random.default_rng(0)
    cluster = np.arange(2)[:, None, None]
    labels = (rng.random((2, count, 4)) < 0.15 + 0.7 * cluster).astype(int)
    values = rng.normal(size=(2, count, 3)) + 3 * cluster
    data = {"discrete": labels, "continuous": values, "hybrid": (labels, values)}[data_type]
    return Dataset(data, ([0.0, 1.0],), data_type, validation=validation)


def trainer(data=None, optimizer=AdaBelief, decoder=DenseDecoder):
    data = data or dataset()
    return VAETrainer(VAEmodel(DenseEncoder(data.sites, (8,)), decoder(data.sites, (8,))), data, optimizer)


def same(a, b):
    return all(np.array_equal(a.model.parameters[name], b.model.parameters[name]) for name in a.model.parameters)


@pytest.mark.parametrize("decoder", [DenseDecoder, AutoregressiveDecoder])
@pytest.mark.parametrize("data_type", DATA_TYPES)
def test_training_lowers_the_loss_of_every_type_of_data(data_type, decoder):
    made = trainer(dataset(data_type), decoder=decoder)
    history = made.train(60, 20, np.random.default_rng(1), 0.01, alpha=0.5 * (data_type == "hybrid"))
    assert history["loss"][-1] < 0.9 * history["loss"][0] and history["validation"][-1] < history["validation"][0]
    assert made.epoch == 60 and {len(values) for values in history.values()} == {60}


@pytest.mark.parametrize("data_type", DATA_TYPES)
def test_what_one_looks_at_afterwards(data_type):
    made, rng = trainer(dataset(data_type)), np.random.default_rng(1)
    made.train(40, 20, rng, 0.01, alpha=0.5 * (data_type == "hybrid"))
    data, given = made.dataset, made.get_data()
    hybrid = data_type == "hybrid"
    parts = given["data"] if hybrid else (given["data"],)
    assert [part.shape[:2] for part in parts] == [(2, 60)] * len(parts)
    assert given["mean"].shape == given["logvar"].shape == (2, 60, 2) and given["thetas"] == data.thetas
    assert given["history"] is made.history
    chosen = tuple(part[1] for part in parts) if hybrid else parts[0][1]
    cp, again = made.get_cp(chosen), made.reconstruct_sample(chosen, rng)
    shapes = {"discrete": (60, 4, 2), "continuous": (60, 3, 2)}
    for name, one in zip(DATA_TYPES[:2] if hybrid else [data_type], cp if hybrid else (cp,), strict=True):
        assert one.shape == shapes[name]
        if name == "discrete":
            np.testing.assert_allclose(np.exp(one).sum(-1), 1)
    for one, part in zip(again if hybrid else (again,), chosen if hybrid else (chosen,), strict=True):
        assert one.shape == part.shape and one.dtype == part.dtype
        assert abs(one.mean() - part.mean()) < 0.4  # the cluster is found again


def test_the_learning_rate_changes_the_updates_as_the_formula_says():
    steps = {}
    for rate in (0.001, 0.002):
        made = trainer(optimizer=SGD)
        made.model.initialise(np.random.default_rng(3))
        before = {name: value.copy() for name, value in made.model.parameters.items()}
        made.train(1, 1000, np.random.default_rng(4), learning_rate=rate)  # one batch: one step
        steps[rate] = {name: made.model.parameters[name] - before[name] for name in before}
        x = made.dataset.samples[np.random.default_rng(4).permutation(made.dataset.training)]
        rng = np.random.default_rng(4)
        rng.permutation(made.dataset.training)
        for name, value in before.items():
            made.model.parameters[name][...] = value
        _, gradients = made.model.loss(x, rng.standard_normal((len(x), 2)))
        for name, step in steps[rate].items():
            np.testing.assert_allclose(step, -rate * gradients[name], rtol=1e-9, atol=1e-15)
    assert all(np.abs(steps[0.002][name]).max() > np.abs(steps[0.001][name]).max() for name in steps[0.001])


@pytest.mark.parametrize("re_shuffle", [True, False])
@pytest.mark.parametrize("optimizer", [AdaBelief, Adam, SGD])
def test_training_resumed_from_a_checkpoint_equals_uninterrupted_training(tmp_path, optimizer, re_shuffle):
    options = {"learning_rate": 0.01, "gamma": 0.3, "beta": lambda epoch: min(1.0, epoch / 5), "printing_rate": 0,
               "re_shuffle": re_shuffle}
    whole = trainer(optimizer=optimizer)
    whole.train(7, 20, np.random.default_rng(5), **options)
    first = trainer(optimizer=optimizer)
    first.checkpoint_to(tmp_path / "vae.npz", every=2)
    first.train(5, 20, np.random.default_rng(5), **options)
    second = trainer(optimizer=optimizer)
    rng = second.restore(tmp_path / "vae.npz")
    assert second.epoch == 4 and not same(first, second)
    second.train(3, 20, rng, **options)
    assert same(whole, second) and second.history == whole.history


def test_a_seed_decides_everything_and_a_schedule_is_followed():
    one, two, other = (trainer() for _ in range(3))
    for made, seed in ((one, 1), (two, 1), (other, 2)):
        made.train(3, 20, np.random.default_rng(seed), beta=lambda epoch: 0.25 * epoch)
    assert same(one, two) and not same(one, other)
    assert one.history["beta"] == [0, 0.25, 0.5]


@pytest.mark.parametrize("re_shuffle", [True, False])
def test_every_training_sample_is_seen_once_an_epoch_in_batches_alike(monkeypatch, re_shuffle):
    made, seen = trainer(dataset(validation=0.1)), []
    real = made.task.loss
    monkeypatch.setattr(made.task, "loss", lambda rows, *others: (seen.append(rows), real(rows, *others))[1])
    made.train(2, 25, np.random.default_rng(0), re_shuffle=re_shuffle)
    training, held_out = made.dataset.training, made.dataset.held_out
    assert list(map(len, seen)) == 2 * [22, 22, 22, 21, 21, 4 * len(held_out)]
    orders = [np.concatenate(seen[:5]), np.concatenate(seen[6:11])]
    assert all(np.array_equal(np.sort(order), np.sort(training)) for order in orders)
    assert [np.array_equal(order, training) for order in orders] == 2 * [not re_shuffle]
    assert np.array_equal(*orders) == (not re_shuffle)
    assert all(set(rows) == set(held_out) for rows in (seen[5], seen[11]))


@pytest.mark.parametrize(("options", "message"), [
    ({"num_epochs": -1}, "num_epochs is -1"), ({"batch_size": 0}, "batch_size is 0"),
    ({"batch_size": 2.5}, "batch_size is 2.5"), ({"printing_rate": -1}, "printing_rate is -1"),
    ({"learning_rate": 0}, "learning_rate is 0"), ({"learning_rate": np.nan}, "learning_rate is nan"),
    ({"gamma": -1}, "gamma is -1"), ({"gamma": 1, "batch_size": 1}, "batch_size is 1, .* batch of 1 of the 96"),
    ({"beta": -1}, "beta is -1.0"), ({"beta": lambda epoch: np.nan}, "beta is nan"),
    ({"alpha": 0.5}, "alpha is 0.5; .* for discrete"),
    ({"learning_rate": 1e6, "num_epochs": 50}, "training diverged in epoch .* smaller learning_rate")])
def test_errors_name_the_argument(options, message):
    with pytest.raises(ValueError, match=message):
        trainer().train(**{"num_epochs": 1, "batch_size": 20, "rng": np.random.default_rng(0)} | options)


def test_what_diverges_is_refused_before_it_reaches_the_parameters():
    data = dataset("continuous", validation=0)
    made = trainer(data, SGD)
    made.model.initialise(np.random.default_rng(0))
    made.model.parameters["decoder.output.bias"][1] = 1e4  # a log-variance: the loss is infinite
    before = {name: value.copy() for name, value in made.model.parameters.items()}
    with pytest.raises(ValueError, match="training diverged in epoch 0"):
        made.train(1, 1000, np.random.default_rng(0))
    assert all(np.array_equal(made.model.parameters[name], value) for name, value in before.items())
    assert made.history["loss"] == []


def test_a_model_that_is_initialised_anew_is_trained_anew():
    made, fresh = trainer(), trainer()
    made.train(2, 20, np.random.default_rng(0))
    for each in (made, fresh):
        each.model.initialise(np.random.default_rng(7))
        each.train(1, 20, np.random.default_rng(8))
    assert same(made, fresh)


def test_a_checkpoint_is_written_every_so_many_epochs_one_at_least(tmp_path):
    with pytest.raises(ValueError, match="every is 0; a whole number of at least 1"):
        trainer().checkpoint_to(tmp_path / "vae.npz", every=0)


def test_data_of_another_shape_and_checkpoints_of_another_model_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"dataset has .*continuous=3.* model is made for"):
        VAETrainer(trainer().model, dataset("continuous"))
    made = trainer()
    made.train(1, 20, np.random.default_rng(0))
    made.save(tmp_path / "vae.npz", np.random.default_rng(0))
    for other, message in ((trainer(decoder=AutoregressiveDecoder), "another model"),
                           (trainer(optimizer=SGD), "optimizer AdaBelief, not SGD")):
        with pytest.raises(UserError, match=message):
            other.restore(tmp_path / "vae.npz")


def test_progress_is_silent_where_there_is_no_terminal(capsys):
    trainer().train(2, 20, np.random.default_rng(0))
    assert capsys.readouterr() == ("", "")
