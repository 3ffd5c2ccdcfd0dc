from itertools import product

import pytest

from varigate.gateware.engine.program import Array
from varigate.gateware.estimate.choice import MOST_DRAIN, choose_array, least_interval
from varigate.gateware.estimate.resources import Core


def test_the_lower_bound_is_the_arrays_cost_or_what_goes_in_and_out(iris, mnist_shaped):
    large = Core(mnist_shaped, "lut")
    assert least_interval(large, Array(16, 16, 4, packed=True)) == 1667
    assert least_interval(large, Array(256, 64, 8)) == 1 + 16 + 16 + 10 + 1 + 16 + 784 + 1
    assert least_interval(Core(iris, "lut"), Array(8, 1)) == 8 + 8 + 3 + 8 + 8


@pytest.mark.parametrize("dsps", [4, 7, 15])
def test_no_other_array_is_better(iris, dsps):
    found = choose_array(iris, dsps, 135)
    core = Core(iris, "block")
    others = []
    for rows, columns, drain, packed in product(range(1, 25), range(1, 13), range(1, MOST_DRAIN + 1), (False, True)):
        if rows % drain == 0 and (need := core.need(Array(rows, columns, drain, packed))).dsp <= dsps:
            array = Array(rows, columns, drain, packed)
            others.append((least_interval(core, array), need.dsp, drain))
    assert (least_interval(core, found), core.need(found).dsp, found.drain) == min(others)


@pytest.mark.parametrize(("dsps", "interval"), [(131, 1755), (236, 1050)])
def test_a_budget_is_kept_and_used(mnist_shaped, dsps, interval):
    array = choose_array(mnist_shaped, dsps, 122)
    core = Core(mnist_shaped, "block")
    need = core.need(array)
    assert need.dsp <= dsps and need.ramb36 <= 122
    assert least_interval(core, array) <= interval
    assert array.packed


def test_block_rams_limit_the_choice(mnist_shaped):
    free, tight = (choose_array(mnist_shaped, 131, rams) for rams in (200, 110))
    core = Core(mnist_shaped, "block")
    assert core.need(free).ramb36 > 110 >= core.need(tight).ramb36
    assert least_interval(core, tight) > least_interval(core, free)


def test_what_fits_nowhere_is_none(iris, mnist_shaped):
    assert choose_array(iris, 3, 135) is None
    assert choose_array(mnist_shaped, 240, 80) is None
