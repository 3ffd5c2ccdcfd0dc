from functools import reduce

import numpy as np
import pytest

from varigate.model.data.spins import (
    annni,
    annni_distance,
    annni_grid,
    annni_line,
    ground_state,
    j1j2,
    j1j2_grid,
    measure,
)

X, Y, Z = np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])


def product(spins, factors):
    """The operator with these matrices at these spins, the identity elsewhere; spin 0 is the last factor (bit 0)."""
    return reduce(np.kron, [factors.get(spin, np.eye(2)) for spin in reversed(range(spins))])


def dense(spins, terms):
    return sum(factor * product(spins, {(i + shift) % spins: matrix for shift, matrix in shifts.items()})
               for factor, shifts in terms for i in range(spins))


def test_both_hamiltonians_against_products_of_pauli_matrices():
    expected = dense(5, [(-1, {0: Z, 1: Z}), (0.3, {0: Z, 2: Z}), (-0.7, {0: X})])
    np.testing.assert_allclose(annni(5)(0.3, 0.7).toarray(), expected, atol=1e-12)
    expected = dense(6, [(factor / 4, {0: sigma, shift: sigma}) for factor, shift in ((1, 1), (0.4, 2))
                         for sigma in (X, Y, Z)])
    np.testing.assert_allclose(j1j2(6)(0.4).toarray(), expected, atol=1e-12)


def test_ground_states_against_known_energies():
    state = ground_state(j1j2(10)(0.5))  # C. Majumdar and D. Ghosh: dimers, −3/8 a spin
    assert state @ (j1j2(10)(0.5) @ state) == pytest.approx(-3.75)
    momenta = np.pi * (np.arange(10) + 0.5) * 2 / 10  # the ring without κ is one of free fermions
    exact = -np.sqrt(1 + 0.6**2 - 2 * 0.6 * np.cos(momenta)).sum()
    state = ground_state(annni(10)(0.0, 0.6))
    assert state @ (annni(10)(0.0, 0.6) @ state) == pytest.approx(exact)


def test_measurements_follow_the_amplitudes():
    state = np.zeros(16)
    state[[0b0001, 0b0110]] = np.sqrt([0.3, 0.7])
    samples = measure(state, 4000, np.random.default_rng(0))
    assert samples.shape == (4000, 4)
    first = (samples == [1, 0, 0, 0]).all(1)
    assert ((samples == [0, 1, 1, 0]).all(1) | first).all() and first.mean() == pytest.approx(0.3, abs=0.03)


def test_grids():
    rng = np.random.default_rng(0)
    data = annni_grid(6, [0.0, 0.2], [0.1, 1.0, 3.0], 200, rng)
    assert data.shape == (2, 3, 200, 6)
    magnetisation = np.abs(1 - 2 * data.mean(-1)).mean(-1)
    assert magnetisation[0, 0] > 0.95 and magnetisation[0, 2] < 0.5
    data = j1j2_grid(6, [0.0, 0.3], 50, rng)
    assert data.shape == (2, 50, 6) and (data.sum(-1) == 3).all()  # a singlet has as many up as down


def test_the_critical_line():
    assert annni_line(0.0) == pytest.approx(1) and annni_line(0.4999) == pytest.approx(0, abs=1e-3)
    kappa = np.linspace(0.01, 0.45, 9)
    h = annni_line(kappa)
    np.testing.assert_allclose(1 - 2 * kappa, h - h**2 * kappa / (2 * (1 - kappa)), rtol=1e-12)
    distance = annni_distance([0.0, 0.3], [0.2, 0.9, 1.5])
    assert (distance[:, 0] < 0).all() and (distance[:, 2] > 0).all()
    assert abs(distance[0, 1]) < 0.1  # the line is inclined, so it is nearer than the field says
    for kappa in (-0.1, 0.5):
        with pytest.raises(ValueError, match="kappa"):
            annni_line(kappa)


@pytest.mark.parametrize("spins", [3, 17])
def test_sizes_out_of_reach_are_refused(spins):
    with pytest.raises(ValueError, match=f"spins is {spins}; 4…16"):
        annni(spins)
