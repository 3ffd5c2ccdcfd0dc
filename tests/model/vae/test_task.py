"""What a trainer can do beside the library's own data: heads, schedules, tasks, generators, threads, float32."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from varigate.model.errors import UserError
from varigate.model.nn.optimisers import SGD, Adam
from varigate.model.quantise.straight_through import quantised_weights
from varigate.model.vae.decoders import DenseDecoder
from varigate.model.vae.encoders import DenseEncoder
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.plain_sites import PlainSites
from varigate.model.vae.samples import Samples, SampleSets
from varigate.model.vae.task import DatasetTask
from varigate.model.vae.trainer import DivergenceError, VAETrainer, cosine

SITES = PlainSites(3)


def data(count=40):
    rng, labels = np.random.default_rng(0), np.arange(count) % 2
    return Samples(SITES, rng.normal(size=(count, 3)) + 2 * labels[:, None], onehot=np.eye(2)[labels])


def model(classes=2, dtype=np.float64):
    return VAEmodel(DenseEncoder(SITES, (6,)), DenseDecoder(SITES, (6,)), classes, dtype)


def trainer(optimizer=Adam, samples=None, **options):
    return VAETrainer(model(), samples or data(), optimizer, **options)


def same(a, b):
    return all(np.array_equal(a.model.parameters[name], b.model.parameters[name]) for name in a.model.parameters)


def test_a_head_learns_the_classes_by_its_weight():
    accuracies = []
    for weight in (0.0, 10.0):
        made = trainer()
        made.train(60, 10, np.random.default_rng(1), 0.01, class_weight=weight)
        scores = made.model.class_scores(made.model.encode(made.dataset.samples)[0])
        accuracies.append((scores.argmax(1) == np.arange(40) % 2).mean())
    assert accuracies[1] > 0.95 and accuracies[1] > accuracies[0]
    assert made.history["cross_entropy"][-1] < 0.3 < made.history["cross_entropy"][0]


def test_a_schedule_of_the_learning_rate_is_followed():
    assert [cosine(0.2, 4)(epoch) for epoch in (0, 2, 4)] == pytest.approx([0.2, 0.1, 0.0])
    rates, steps = [], []

    class Spy(SGD):
        def step(self, gradients):
            rates.append(self.rate)
            steps.append(gradients)
            super().step(gradients)

    trainer(Spy).train(4, 20, np.random.default_rng(0), cosine(0.2, 4))
    assert rates == [cosine(0.2, 4)(epoch) for epoch in range(4) for _ in range(2)] and len(steps) == 8


def test_a_generator_for_each_epoch_makes_calls_of_train_one_run():
    whole, parts = trainer(), trainer()
    for made in (whole, parts):
        made.model.initialise(np.random.default_rng(0))
    whole.train(5, 10, lambda epoch: np.random.default_rng([3, epoch]))
    parts.train(2, 10, lambda epoch: np.random.default_rng([3, epoch]))
    parts.train(3, 10, lambda epoch: np.random.default_rng([3, epoch]))
    assert same(whole, parts) and whole.history == parts.history


def test_networks_side_by_side_are_trained_as_each_would_be_alone():
    def seeds():
        return [np.random.default_rng(seed) for seed in (4, 5)]

    both = trainer(samples=SampleSets([data(), data()]))
    both.train(5, 10, seeds())
    for index, rng in enumerate(seeds()):
        alone = trainer()
        alone.train(5, 10, rng)
        for name, value in alone.model.parameters.items():
            np.testing.assert_allclose(both.model.parameters[name][index], value, rtol=1e-9, atol=1e-12)
    with pytest.raises(ValueError, match="rng is a list of 2"):
        both.save("never.npz", seeds())


@pytest.mark.parametrize(("threads", "seen"), [(1, {1}), (2, {2}), (None, {2})])
def test_linear_algebra_has_the_threads_that_are_wanted(threads, seen):
    found = set()

    class Task(DatasetTask):
        def loss(self, rows, rng, weights):
            found.update(each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas")
            return super().loss(rows, rng, weights)

    with threadpool_limits(2):
        before = {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}
        if not before:
            pytest.skip("threadpoolctl controls no BLAS here (macOS's Accelerate, say)")
        assert before == {2}
        made = trainer()
        VAETrainer(made.model, made.dataset, task=Task(made.model, made.dataset), threads=threads).train(
            1, 20, np.random.default_rng(0))
    assert found == seen


class Shrink:
    """A task of a user's own: the sum of squares of one layer's weights."""

    terms, measures = ("loss", "rows"), ("greatest", "never")

    def __init__(self, model):
        self.model = model

    def loss(self, rows, rng, weights):
        value = self.model.parameters["encoder.mu.weights"]
        return ((value**2).sum(), len(rows)), {"encoder.mu.weights": 2 * value}

    def measure(self, rng, weights):
        return {"greatest": np.abs(self.model.parameters["encoder.mu.weights"]).max()}


def test_a_task_of_ones_own_is_lowered_and_measured():
    made = model().initialise(np.random.default_rng(0))
    before = {name: value.copy() for name, value in made.parameters.items()}
    expected, greatest = {"w": before["encoder.mu.weights"].copy()}, []
    by_hand = SGD(expected, 0.1)
    for _ in range(3):
        for _ in range(2):
            by_hand.step({"w": 2 * expected["w"]})
        greatest.append(np.abs(expected["w"]).max())
    history = VAETrainer(made, data(), SGD, Shrink(made)).train(3, 25, np.random.default_rng(0), 0.1)
    assert history["greatest"] == greatest and history["rows"] == [20, 20, 20] and history["never"] == []
    assert len(history["loss"]) == 3
    assert np.array_equal(made.parameters["head.weights"], before["head.weights"])


def test_what_is_measured_has_to_be_finite():
    made = model().initialise(np.random.default_rng(0))
    task = Shrink(made)
    task.measure = lambda rng, weights: {"greatest": np.nan}
    with pytest.raises(DivergenceError, match="diverged in epoch 0"):
        VAETrainer(made, data(), SGD, task).train(1, 25, np.random.default_rng(0))


def test_rounded_weights_are_what_the_loss_is_of():
    made = model(dtype=np.float32).initialise(np.random.default_rng(0))
    task = DatasetTask(made, data(), bits=4)
    terms, _ = task.loss(np.arange(10), np.random.default_rng(1), {})
    rounded = made.having(quantised_weights(made.parameters, 4))
    batch = data().batch(np.arange(10)) | {"epsilon": made.noise(np.random.default_rng(1), 10)}
    (expected, _), (real, _) = rounded.loss(**batch), made.loss(**batch)
    assert terms.total == expected.total != real.total


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    made = trainer()
    made.checkpoint_to(tmp_path / "c.npz", identity={"seed": 1, "widths": [6]})
    made.train(1, 20, np.random.default_rng(0))
    for identity, sound in (({"seed": 1, "widths": [6]}, True), ({"seed": 2, "widths": [6]}, False), (None, False)):
        other = trainer()
        other.checkpoint_to(tmp_path / "other.npz", identity=identity)
        if sound:
            other.restore(tmp_path / "c.npz")
            assert other.epoch == 1 and same(made, other)
        else:
            with pytest.raises(UserError, match="other data, settings or seed"):
                other.restore(tmp_path / "c.npz")
            assert other.epoch == 0


def test_single_precision_is_trained_in_single_precision():
    made = VAETrainer(model(dtype=np.float32), Samples(SITES, data().samples.astype(np.float32),
                                                       onehot=data().parts["onehot"].astype(np.float32)), Adam)
    history = made.train(20, 10, np.random.default_rng(0), cosine(0.02, 20), class_weight=3.0)
    assert {value.dtype for value in made.model.parameters.values()} == {np.dtype(np.float32)}
    assert {value.dtype for value in made.optimizer.mean.values()} == {np.dtype(np.float32)}
    assert history["loss"][-1] < history["loss"][0] and isinstance(history["loss"][0], float)
