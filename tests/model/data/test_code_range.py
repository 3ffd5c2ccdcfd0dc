"""The codes of a column: as fine as its range allows, or as the range without its outliers."""

import numpy as np
import pytest

from varigate.model.data.code_range import CODES, code_range, saturation

BULK = np.random.default_rng(0).normal(size=60)
FLAGS = (BULK > 0).astype(float)


def codes(column):
    offset, step = code_range(column)
    return np.clip(np.floor((np.asarray(column) - offset) / step + 0.5), 0, CODES)


def covers(column) -> bool:
    """Whether the codes reach all of `column`, so that nothing saturates."""
    offset, step = code_range(column)
    return offset - step / 2 <= min(column) and max(column) < offset + (CODES + 0.5) * step


@pytest.mark.parametrize("outliers", [[-9999], [9999], [1e30], [-1e30], [-999] * 10, [9999, 1e30], [-9999, 9999],
                                      [-9999] * 5 + [9999] * 5, [150]])
@pytest.mark.parametrize("bulk", [BULK, FLAGS, 1.7e9 + 1000 * BULK, 1e-12 * BULK, 20 + BULK], ids=str)
def test_outliers_leave_most_codes_to_all_others_and_keep_codes_of_their_own(bulk, outliers):
    """They are as far away in every column: the outliers count in ranges of the others."""
    width = np.ptp(bulk)
    column = np.r_[bulk, bulk.mean() + width * np.array(outliers)]
    found = codes(column)
    inside, outside = found[:60], found[60:]
    assert np.ptp(inside) > 60
    assert np.all((outside > inside.max() + 10) | (outside < inside.min() - 10))
    assert set(outside) <= {0, CODES}


@pytest.mark.parametrize("column", [
    BULK, FLAGS, np.exp(BULK), np.r_[np.zeros(57), 1, 1, 1], np.r_[np.zeros(59), 1], np.r_[BULK, BULK + 1000],
    np.r_[BULK, BULK[:5] + 1000], np.r_[np.zeros(60), BULK[:5] + 50], np.full(60, 7.0), [1, 2, 1000],
    np.r_[BULK, 8 * np.ptp(BULK)]], ids=str)
def test_what_is_no_outlier_does_not_saturate(column):
    """Rare ones, a second cluster, a long tail, a handful of rows."""
    assert covers(column)


def test_without_outliers_the_codes_reach_from_end_to_end():
    for column, expected in (([0, 25.5], (0.0, 0.1)), ([10.1, 20.4], (8.9, 0.05)), ([-1, 1.55], (-1.0, 0.01)),
                             (np.linspace(4.3, 7.9, 37), (3.56, 0.02)), ([3, 3], (1.96, 0.02)), (FLAGS, (0.0, 0.005))):
        assert code_range(column) == expected


def test_outliers_do_not_move_the_zero_of_what_is_never_negative():
    assert code_range(np.r_[np.abs(BULK), 9999])[0] >= 0


def test_what_saturates_is_told_with_its_column_and_count():
    x = np.c_[np.r_[BULK, -9999, -9999], np.r_[BULK, 0, 0]]
    offset, step = np.array([code_range(column) for column in x.T]).T
    line, = saturation("ab", x, offset, step)
    assert line.startswith("column 'a': -9999 (2 of 62 samples)")
    many, = saturation("a", np.array([[500.0], [600.0], [700.0], [800.0]]), np.zeros(1), np.ones(1))
    assert "500, 600, 700, … (4 of 4 samples)" in many and "0…255" in many
