from dataclasses import replace

import numpy as np
import pytest

from varigate.explore.joint.model import JointModel, Shape
from varigate.explore.joint.trainer import JointTrainer, JointTrainingSettings
from varigate.explore.spaces.space import Parameter, Space
from varigate.model.errors import UserError

SPACE = Space("toy", (Parameter("width", (1, 2, 4, 8)), Parameter("kind", ("a", "b")), Parameter("depth", (4, 8, 16))))
ALL = SPACE.labels(np.arange(SPACE.size))
CONDITIONS = np.array([[1, 4], [8, 2], [16, 16], [2, 64], [5, 9.0]])
SMALL = Shape(nz=2, vae=(16,), predictor=(16, 16), layer_net=(8,))
SHORT = JointTrainingSettings(epochs=6, batch=8, layers=3)


def costs():
    """Log latency and energy (24, 5, 2) that depend on all parameters, by layers of very different spread."""
    width, kind, depth = ALL.T[..., None]
    of_layer = np.log(CONDITIONS[:, 0])
    latency = of_layer - (0.1 + of_layer) * width + 0.3 * kind
    return np.stack([latency, of_layer + 0.5 * depth + 0.2 * width * kind], -1)


def make(training=SHORT, logs=None, seed=3, shape=SMALL):
    return JointTrainer(JointModel(SPACE, 2, shape=shape), ALL, CONDITIONS, costs() if logs is None else logs,
                        training, seed)


def same(one, other):
    return all(np.array_equal(value, other.model.parameters[name]) for name, value in one.model.parameters.items())


def test_training_learns_designs_and_what_they_cost():
    trainer = make(JointTrainingSettings(epochs=250, batch=8, layers=5, rate=1e-2),
                   shape=Shape(nz=2, vae=(48, 48), predictor=(32, 32)))
    trainer.train()
    model, logs = trainer.model, costs()
    assert trainer.epoch == 250 and all(len(values) == 250 for values in trainer.history.values())
    z = model.encode(ALL)
    np.testing.assert_array_equal(model.decode(z), ALL)
    error = model.predict_table(z, CONDITIONS) - logs
    assert np.sqrt((error**2).mean()) < 0.2 * logs.std()


def test_a_run_is_a_function_of_its_seed_and_resumes_to_the_same_bits(tmp_path):
    path, whole, begun, resumed, other = tmp_path / "c.npz", make(), make(), make(), make(seed=4)
    whole.train()
    begun.train(4, checkpoint=path, every=2)
    assert not same(whole, begun)
    resumed.restore(path)
    assert resumed.epoch == 4
    resumed.train()
    assert same(whole, resumed) and whole.history == resumed.history
    other.train()
    assert not same(whole, other)


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    make().train(2, checkpoint=tmp_path / "c.npz", every=1)
    model = JointModel(SPACE, 2, shape=replace(SMALL, nz=3))
    with pytest.raises(UserError, match="of another model"):
        JointTrainer(model, ALL, CONDITIONS, costs(), SHORT, 3).restore(tmp_path / "c.npz")


def test_designs_that_are_not_possible_are_not_learnt_from():
    logs = costs()
    logs[::3, 1] = np.nan
    trainer = make(logs=logs)
    trainer.train()
    assert np.isfinite(trainer.history["loss"]).all()
    assert np.isfinite(trainer.model.predict_table(trainer.model.encode(ALL), CONDITIONS)).all()


def test_an_estimate_changes_nothing():
    trainer, untouched = make(), make()
    assert trainer.estimate_seconds() > 0
    trainer.train()
    untouched.train()
    assert same(trainer, untouched)


def test_divergence_is_told():
    trainer = make(replace(SHORT, rate=1e3))
    with pytest.raises(UserError, match="diverged in epoch"):
        trainer.train()
