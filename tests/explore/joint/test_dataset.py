"""Designs on workloads, and the training of a joint model on them."""

import numpy as np
import pytest

from varigate.explore.joint import dataset, training
from varigate.explore.joint.dataset import TARGETS, DesignData
from varigate.explore.spaces.varigate import SPACE, candidates
from varigate.explore.spaces.workloads import Workload, random_workload
from varigate.model import archive
from varigate.model.errors import UserError
from varigate.model.network.variants import BITS
from varigate.platform.toolchains.device import DEVICES


@pytest.fixture
def small_workloads(monkeypatch):
    """Few inputs, that no test waits for cycles of large networks; the processes that evaluate do not draw any."""
    monkeypatch.setattr(dataset, "random_workload", lambda rng: Workload(int(rng.integers(4, 9)), (6,), 2, 3, False))


def test_pairs_are_the_evaluators(small_workloads, calibration, evaluator_of):
    made = dataset.make(2, 12, 5, 3, device=DEVICES["xc7a100t"], calibration=calibration, workers=1)
    assert made.logs.shape == (12, 2, len(TARGETS)) and made.conditions.shape == (2, 8)
    known = np.isfinite(made.logs).all(-1)
    assert (known.sum(0) == 5).all() and np.isnan(made.logs[~known]).all()
    numbers = SPACE.index(made.labels)
    assert len({*numbers.tolist()}) == 12 and np.isin(numbers, SPACE.index(candidates(BITS, sigmoid=True))).all()
    for place, workload in enumerate(made.workloads):
        evaluator = evaluator_of(str(workload))
        row = int(np.flatnonzero(known[:, place])[0])
        costs = evaluator(SPACE.values(made.labels[row]))
        np.testing.assert_allclose(np.exp(made.logs[row, place]), [
            costs.latency, costs.interval, costs.energy, costs.sizes.lut, costs.sizes.ff])


@pytest.mark.parametrize(("designs", "each"), [(5, 6), (10**6, 6)])
def test_more_designs_than_there_are_cannot_be_drawn(calibration, designs, each):
    with pytest.raises(UserError, match=f"{each} of {designs} designs cannot be drawn: there are 96768 in all"):
        dataset.make(1, designs, each, 0, device=DEVICES["xc7a100t"], calibration=calibration)


@pytest.fixture
def random_data():
    rng = np.random.default_rng(5)
    labels = candidates(BITS, sigmoid=True)[::2000]
    return DesignData(labels, [random_workload(rng) for _ in range(3)], rng.normal(size=(len(labels), 3, len(TARGETS))))


def test_a_file_brings_it_back(tmp_path, random_data):
    random_data.logs[1, 2] = np.nan
    dataset.write(random_data, tmp_path / "d.npz")
    again = dataset.read(tmp_path / "d.npz")
    np.testing.assert_equal((again.labels, again.logs), (random_data.labels, random_data.logs))
    assert again.workloads == random_data.workloads


def test_files_of_something_else_are_refused(tmp_path, random_data):
    path = tmp_path / "d.npz"
    dataset.write(random_data, path)
    arrays = archive.read(path)
    meta = archive.unpack_json(arrays["meta"])
    for change in ({"version": 0}, {"space": "vaesa"}, {"sizes": [1]}, {"workloads": meta["workloads"][:2]},
                   {"workloads": 7}):
        archive.write(path, arrays | {"meta": archive.pack_json(meta | change)})
        with pytest.raises(UserError, match="not a data set of this space"):
            dataset.read(path)
    archive.write(path, {"meta": arrays["meta"]})
    with pytest.raises(UserError, match="not a data set of this space"):
        dataset.read(path)
    with pytest.raises(UserError, match="there is no file"):
        dataset.read(tmp_path / "absent.npz")


def test_a_trainer_of_the_asked_size_learns_and_repeats(random_data):
    made = training.trainer(random_data, seed=3, nz=2, epochs=3)
    assert made.model.nz == 2 and made.model.targets == TARGETS and made.training.epochs == 3
    history = made.train()
    assert len(history["loss"]) == 3 and history["loss"][-1] < history["loss"][0]
    again, other = (training.trainer(random_data, seed=seed, nz=2, epochs=3) for seed in (3, 4))
    assert again.train() == history != other.train()
    assert training.trainer(random_data, seed=0).model.nz == training.SHAPE.nz
