import numpy as np

from varigate.explore.joint import splits
from varigate.explore.spaces.vaesa import SPACE

GROUPS = splits.groups_without(SPACE, "arith_meshX")


def same_parts(one, other):
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in vars(one))


def test_groups_are_the_designs_that_differ_in_one_parameter_only():
    labels = SPACE.labels(np.arange(SPACE.size))
    assert len(np.unique(GROUPS)) == 768 and (np.bincount(GROUPS) == 3).all()
    for group in (0, 5, 767):
        own = labels[np.flatnonzero(np.equal(GROUPS, group))]
        assert sorted(own[:, 0]) == [0, 1, 2] and len(np.unique(own[:, 1:], axis=0)) == 1


def test_every_layer_is_unseen_once_and_no_group_is_on_both_sides():
    found = splits.folds(57, GROUPS, seed=3)
    assert sorted(np.concatenate([each.unseen for each in found])) == list(range(57))
    assert sorted(np.concatenate([each.held_out for each in found])) == list(range(2304))
    for each in found:
        assert sorted([*each.layers, *each.unseen]) == list(range(57))
        assert sorted([*each.designs, *each.held_out]) == list(range(2304))
        assert not set(GROUPS[each.designs]) & set(GROUPS[each.held_out])


def test_splits_are_a_function_of_the_seed():
    one, again, other = (splits.folds(57, GROUPS, seed=seed)[2] for seed in (3, 3, 4))
    assert same_parts(one, again)
    assert not np.array_equal(one.unseen, other.unseen) and not np.array_equal(one.held_out, other.held_out)


def test_a_split_by_layer_keeps_all_designs():
    found = splits.by_layer(57, 2304, unseen=12, seed=5)
    assert len(found.unseen) == 12 and sorted([*found.layers, *found.unseen]) == list(range(57))
    assert found.designs.tolist() == list(range(2304)) and not len(found.held_out)
    assert same_parts(found, splits.by_layer(57, 2304, unseen=12, seed=5))
    assert not np.array_equal(found.unseen, splits.by_layer(57, 2304, unseen=12, seed=6).unseen)
