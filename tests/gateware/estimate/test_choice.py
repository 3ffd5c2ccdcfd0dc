from itertools import product

import pytest

from varigate.gateware.engine.program import Array
from varigate.gateware.estimate.choice import MOST_DRAIN, choose_array, least_interval
from varigate.gateware.estimate.resources import Core
from varigate.gateware.estimate.timing import array_cycles


def test_the_lower_bound_is_the_arrays_cost_or_what_goes_in_and_out(iris, mnist_shaped):
    array = Array(16, 16, 4, packed=True)
    assert least_interval(mnist_shaped, array) == array_cycles(mnist_shaped, array) == 1667
    assert least_interval(mnist_shaped, Array(256, 64, 8)) == 1 + 16 + 16 + 10 + 1 + 16 + 784 + 1
    assert least_interval(iris, Array(8, 1)) == array_cycles(iris, Array(8, 1))


@pytest.mark.parametrize("dsps", [4, 7, 15])
def test_no_other_array_is_better(iris, dsps):
    found = choose_array(iris, dsps, 135)
    core = Core(iris, "block")
    others = []
    for rows, columns, drain, packed in product(range(1, 25), range(1, 13), range(1, MOST_DRAIN + 1), (False, True)):
        if rows % drain == 0 and (need := core.need(Array(rows, columns, drain, packed))).dsp <= dsps:
            array = Array(rows, columns, drain, packed)
            others.append((least_interval(iris, array), need.dsp, drain))
    assert (least_interval(iris, found), core.need(found).dsp, found.drain) == min(others)


@pytest.mark.parametrize(("dsps", "interval"), [(131, 1755), (236, 1050)])
def test_a_budget_is_kept_and_used(mnist_shaped, dsps, interval):
    array = choose_array(mnist_shaped, dsps, 122)
    need = Core(mnist_shaped, "block").need(array)
    assert need.dsp <= dsps and need.ramb36 <= 122
    assert least_interval(mnist_shaped, array) <= interval
    assert array.packed


def test_block_rams_limit_the_choice(mnist_shaped):
    free, tight = (choose_array(mnist_shaped, 131, rams) for rams in (200, 110))
    assert Core(mnist_shaped, "block").need(free).ramb36 > 110 >= Core(mnist_shaped, "block").need(tight).ramb36
    assert least_interval(mnist_shaped, tight) > least_interval(mnist_shaped, free)


def test_what_fits_nowhere_is_none(iris, mnist_shaped):
    assert choose_array(iris, 3, 135) is None
    assert choose_array(mnist_shaped, 240, 80) is None
