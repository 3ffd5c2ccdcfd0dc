import numpy as np
import pytest

from varigate.model import archive
from varigate.model.errors import UserError
from varigate.model.nn import checkpoints
from varigate.model.nn.optimisers import Adam


def state(seed=0):
    parameters = {"a.weights": np.random.default_rng(seed).normal(size=(3, 2)), "a.bias": np.zeros(3)}
    adam = Adam(parameters, 0.1)
    adam.step({name: value + 1 for name, value in parameters.items()})
    return parameters, adam


def saved(path, rng):
    parameters, adam = state()
    checkpoints.write(path, optimizer=adam, epoch=3, history={"loss": [1.0, 0.1]}, rng=rng)
    return parameters, adam


@pytest.mark.parametrize("name", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_everything_comes_back_and_generators_of_all_kinds_go_on(tmp_path, name):
    rng = np.random.Generator(getattr(np.random, name)(5))
    rng.integers(0, 9, 3, dtype=np.int32)  # leaves half a word behind in some kinds
    parameters, adam = saved(tmp_path / "c.npz", rng)
    others, other = state(1)
    epoch, history, again = checkpoints.read(tmp_path / "c.npz", optimizer=other)
    assert epoch == 3 and history == {"loss": [1.0, 0.1]} and other.count == adam.count
    assert np.array_equal(again.integers(0, 9, 50, dtype=np.int32), rng.integers(0, 9, 50, dtype=np.int32))
    for one, two in ((parameters, others), (adam.mean, other.mean), (adam.square, other.square)):
        assert all(np.array_equal(one[key], two[key]) for key in one)


def test_damage_and_other_files_are_refused_and_change_nothing(tmp_path):
    path = tmp_path / "c.npz"
    saved(path, np.random.default_rng(0))
    content = path.read_bytes()
    parameters, adam = state(1)
    before = {name: value.copy() for name, value in parameters.items()}
    archive.write(tmp_path / "other.npz", {"meta": archive.pack_json({"version": 1})})
    path.write_bytes(content[:-40])
    for file in ("c.npz", "other.npz", "none.npz"):
        with pytest.raises(UserError):
            checkpoints.read(tmp_path / file, optimizer=adam)
    path.write_bytes(content)
    for other in ({"b": np.zeros(1)}, {"a.bias": np.zeros(1)}):  # one more, and one of another shape
        with pytest.raises(UserError, match="another model"):
            checkpoints.read(path, optimizer=Adam(parameters | other))
    assert all(np.array_equal(parameters[name], before[name]) for name in before)
