"""Inference for users of Python: the numbers of the reference, and arguments that are refused by name."""

import numpy as np
import pytest

from varigate.model.network import integer
from varigate.networks import infer

FLOWER = [[51, 35, 14, 2]]


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.uint64])
def test_the_numbers_are_those_of_the_reference(iris, dtype):
    x, epsilon = np.array(FLOWER * 2, dtype), [[32767, -32768], [0, 1]]
    found, expected = infer(iris, x, epsilon), integer.infer(iris, x, np.array(epsilon))
    for name, value in vars(expected).items():
        np.testing.assert_array_equal(getattr(found, name), value)


def test_no_samples_have_no_results(iris):
    assert infer(iris, np.zeros((0, 4), int), np.zeros((0, 2), int)).output.shape == (0, 4)


@pytest.mark.parametrize(("x", "epsilon", "message"), [
    ([51, 35, 14, 2], None, r"x has shape \(4,\); \(n, 4\) is needed"),
    ([[51, 35, 14]], None, r"x has shape \(1, 3\); \(n, 4\) is needed"),
    ([[5.1, 3.5, 1.4, 0.2]], None, "x is an array of float64; integers are needed"),
    ([[True] * 4], None, "x is an array of bool; integers are needed"),
    ([[51, 35, 14, 2 ** 70]], None, "x is an array of object; integers are needed"),
    ([[51, 35, -1, 2]], None, r"x is -1 at \[0, 2\]; codes are 0…255 \(u8.0\)"),
    ([[51, 256, 14, 2]], None, r"x is 256 at \[0, 1\]; codes are 0…255 \(u8.0\)"),
    (FLOWER, [0, 0], r"epsilon has shape \(2,\); \(n, 2\) is needed"),
    (FLOWER, [[0.5, 0.5]], "epsilon is an array of float64; integers are needed"),
    (FLOWER, [[0, 32768]], r"epsilon is 32768 at \[0, 1\]; codes are -32768…32767 \(s16.11\)"),
    (FLOWER, [[0, 0], [0, 0]], "epsilon has 2 rows, x has 1; they have to be as many"),
])
def test_a_wrong_argument_is_refused_by_name(iris, x, epsilon, message):
    with pytest.raises(ValueError, match=message):
        infer(iris, x, epsilon)
