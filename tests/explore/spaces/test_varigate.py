"""Which designs there are."""

import numpy as np
import pytest

from varigate.explore.spaces.varigate import SPACE, array_of, candidates
from varigate.model.network.variants import BITS, SIGMOIDS


@pytest.fixture(scope="module")
def everything():
    return candidates(BITS, sigmoid=True)


def test_the_candidates_are_exactly_those_of_the_rules(everything):
    numbers = SPACE.index(everything)
    assert (np.diff(numbers) > 0).all()
    for number in np.random.default_rng(0).choice(SPACE.size, 3000, replace=False):
        values = SPACE.values(SPACE.labels(number))
        wanted = values["rows"] % values["drain"] == 0 and not (values["cascade"] and values["columns"] == 1)
        assert (number in numbers) == wanted


def test_every_candidate_is_an_array(everything):
    for row in everything[::997]:
        array, values = array_of(SPACE.values(row)), SPACE.values(row)
        assert {name: getattr(array, name) for name in vars(array)} == {name: values[name] for name in vars(array)}


def test_bits_and_sigmoids_that_are_no_choice_are_left_out(everything):
    few = candidates([8], sigmoid=False)
    assert len(everything) == len(BITS) * len(SIGMOIDS) * len(few)
    values = [SPACE.values(row) for row in few]
    assert {each["bits"] for each in values} == {8} and len({each["sigmoid"] for each in values}) == 1
