"""Labels, numbers, values and features of a grid."""

import numpy as np
import pytest

from varigate.explore.spaces.space import Parameter, Space
from varigate.model.errors import UserError

SPACE = Space("toy", (Parameter("size", (1, 2, 8)), Parameter("fast", (False, True)), Parameter("unit", ("x", "y"))))


def test_labels_and_numbers_are_each_others_inverse():
    labels = SPACE.labels(np.arange(SPACE.size))
    assert SPACE.names == ["size", "fast", "unit"] and SPACE.shape == (3, 2, 2) and SPACE.size == 12
    assert labels[:3].tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 0]] and labels.dtype == np.int64
    assert SPACE.index(labels).tolist() == list(range(12))
    assert SPACE.labels(5).tolist() == labels[5].tolist()


def test_values_and_designs_are_each_others_inverse():
    values = {"size": 8, "fast": True, "unit": "x"}
    assert SPACE.design(values).tolist() == [2, 1, 0] and SPACE.values([2, 1, 0]) == values
    with pytest.raises(UserError, match="size is one of 1, 2, 8, not 3"):
        SPACE.design(values | {"size": 3})


def test_features_are_places_on_a_logarithmic_scale_or_a_column_a_value():
    assert [each.ordered for each in SPACE.parameters] == [True, False, False]
    np.testing.assert_allclose(SPACE.features([[0, 0, 1], [1, 1, 0], [2, 0, 0]]),
                               [[0, 1, 0, 0, 1], [1 / 3, 0, 1, 1, 0], [1, 1, 0, 1, 0]])


def test_a_single_value_lies_at_0():
    assert Parameter("only", (5,)).scale.tolist() == [0]
