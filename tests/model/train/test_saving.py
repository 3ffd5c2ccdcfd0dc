"""The three files of a network on a disk that fills up or breaks, and in a process that dies: one network or the other.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from varigate.model.errors import UserError
from varigate.model.network import network_file, vectors
from varigate.model.train import trained
from varigate.model.train.trained import Trained


@pytest.fixture(scope="module")
def two() -> tuple[Trained, Trained]:
    """A network, and one that comes in its place: other integers, other floats, another card."""
    found = trained.load("iris")
    network = replace(found.network, epsilon_seed=found.network.epsilon_seed ^ 1)
    real = replace(found.real, mu=replace(found.real.mu, bias=found.real.mu.bias + 1))
    return found, Trained(network, real, found.card | {"digest": network_file.digest(network).hex(), "seed": 7})


def state(path: Path) -> tuple:
    """What a reader finds of a network: the seeds on both files and the card, and μ's bias of the floats."""
    found = trained.load(path)
    return found.network.epsilon_seed, found.card.get("seed"), float(found.real.mu.bias[0])


def expected(each: Trained) -> tuple:
    return each.network.epsilon_seed, each.card.get("seed"), float(each.real.mu.bias[0])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


FILES = ["x.float.npz", "x.json", "x.npz"]


def test_errors(tmp_path, two, every_error):
    old, new = two
    path = tmp_path / "x.npz"
    trained.save(old, path)
    states = set()
    for fault in every_error(lambda: trained.save(new, path)):
        states.add(state(path))
        assert states <= {expected(old), expected(new)} and names(tmp_path) == FILES, fault
        trained.save(old, path)
    assert expected(old) in states


def test_errors_of_a_new_network(tmp_path, two, every_error):
    path = tmp_path / "x.npz"
    for fault in every_error(lambda: trained.save(two[0], path)):
        assert names(tmp_path) in ([], FILES), fault
        for each in tmp_path.iterdir():
            each.unlink()


def test_deaths(tmp_path, two, every_death):
    old, new = two
    path = tmp_path / "x.npz"
    trained.save(old, path)
    states = set()
    for fault in every_death(lambda: trained.save(new, path)):
        states.add(found := state(path))
        assert found in (expected(old), expected(new)), fault
        trained.save(old, path)
        assert state(path) == expected(old) and names(tmp_path) == FILES, fault
    assert states == {expected(old), expected(new)} and state(path) == expected(new)


def test_a_network_that_appeared_while_its_process_died_is_found(tmp_path, two, every_death):
    """Each of the readers finishes the change: by name, its card alone, and its floats alone."""
    path = tmp_path / "x.npz"
    readers = [lambda: network_file.find(path), lambda: trained.read_card(path),
               lambda: trained.float_network.load(tmp_path / "x.float.npz")]
    found = []
    for reader in readers:
        whole = 0
        for fault in every_death(lambda: trained.save(two[0], path)):
            try:
                reader()
            except UserError:
                assert not path.exists(), fault
            else:
                whole += 1
                assert state(path) == expected(two[0]) and names(tmp_path) == FILES, fault
            for each in tmp_path.iterdir():
                each.unlink()
        found.append(whole)
        for each in tmp_path.iterdir():
            each.unlink()
    assert min(found) >= 3


def test_the_place_is_checked_before_the_training(tmp_path):
    for name in FILES:
        (tmp_path / name).mkdir()
        with pytest.raises(UserError, match=rf"cannot write .*{name}: Is a directory"):
            trained.check_place(tmp_path / "x.npz")
        (tmp_path / name).rmdir()
    trained.check_place(tmp_path / "x.npz")
    assert not names(tmp_path)


def test_vectors_come_in_pairs(tmp_path, two, every_error, every_death):
    old, new = two
    before = vectors.write(old.network, tmp_path)
    old_bytes = [path.read_bytes() for path in before]
    new_bytes = [path.read_bytes() for path in vectors.write(new.network, tmp_path)]
    for faults in (every_error, every_death):
        for fault in faults(lambda: vectors.write(new.network, tmp_path)):
            vectors.archive.read(before[0])
            assert [path.read_bytes() for path in before] in (old_bytes, new_bytes), fault
            vectors.write(old.network, tmp_path)
            assert len(names(tmp_path)) == 2, fault
