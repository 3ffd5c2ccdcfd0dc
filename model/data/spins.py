"""Small spin models on a ring, solved exactly, and measured: examples of data whose phases are known.

A state of N spins is a vector of 2^N amplitudes; bit i of a basis state's index is spin i, 0 for up (σᶻ = +1).
"""

import numpy as np
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import eigsh

__all__ = ["annni", "annni_distance", "annni_grid", "annni_line", "ground_state", "j1j2", "j1j2_grid", "measure"]


def _indices(spins: int) -> np.ndarray:
    if not 4 <= spins <= 16:
        raise ValueError(f"spins is {spins}; 4…16 are solved exactly here")
    return np.arange(1 << spins)


def _aligned(spins: int, distance: int) -> np.ndarray:
    """The sum Σ_i σᶻ_i σᶻ_{i+distance} of every basis state; float64 (2^spins,)."""
    states = _indices(spins)
    bits = 1 - 2 * (states[:, None] >> np.arange(spins) & 1)
    return (bits * np.roll(bits, -distance, 1)).sum(1).astype(np.float64)


def _flips(spins: int, pairs) -> csr_array:
    """The matrix that exchanges each basis state with the one whose spins of each of `pairs` (tuples) are flipped,
    where the two of a pair differ; a tuple of one spin flips always."""
    states = _indices(spins)
    rows, columns = [], []
    for pair in pairs:
        mask = sum(1 << spin for spin in pair)
        chosen = states if len(pair) == 1 else states[((states >> pair[0]) ^ (states >> pair[1])) & 1 == 1]
        rows.append(chosen)
        columns.append(chosen ^ mask)
    rows, columns = np.concatenate(rows), np.concatenate(columns)
    return csr_array((np.ones(len(rows)), (rows, columns)), (len(states), len(states)))


def annni(spins: int):
    """The axial next-nearest-neighbour Ising ring in a transverse field: a function (κ, h) → Hamiltonian.

        H = −Σ σᶻ_i σᶻ_{i+1} + κ Σ σᶻ_i σᶻ_{i+2} − h Σ σˣ_i

    Examples
    --------
    >>> annni(4)(0.2, 0.5).shape
    (16, 16)
    """
    first, second = diags_array(_aligned(spins, 1)), diags_array(_aligned(spins, 2))
    field = _flips(spins, [(spin,) for spin in range(spins)])
    return lambda kappa, h: (kappa * second - first - h * field).tocsr()


def j1j2(spins: int):
    """The Heisenberg ring with couplings of nearest (1) and next-nearest neighbours (J2): a function J2 → Hamiltonian.

        H = Σ S_i·S_{i+1} + J2 Σ S_i·S_{i+2},    S = σ/2

    Examples
    --------
    >>> state = ground_state(j1j2(4)(0.5))
    >>> round(float(state @ j1j2(4)(0.5) @ state), 6)
    -1.5
    """
    each = [0.25 * diags_array(_aligned(spins, distance))
            + 0.5 * _flips(spins, [(spin, (spin + distance) % spins) for spin in range(spins)]) for distance in (1, 2)]
    return lambda second: (each[0] + second * each[1]).tocsr()


def ground_state(hamiltonian) -> np.ndarray:
    """The ground state of a Hamiltonian, a real vector; where several exist, the one that a fixed start leads to.

    Examples
    --------
    >>> state = ground_state(annni(4)(0.0, 0.0))  # all up, or all down
    >>> round(float(state[0]**2 + state[-1]**2), 6)
    1.0
    """
    start = np.random.default_rng(0).random(hamiltonian.shape[0]) + 0.1
    return eigsh(hamiltonian, 1, which="SA", v0=start)[1][:, 0]


def measure(state, samples: int, rng) -> np.ndarray:
    """Measure all spins along z, `samples` times: int64 labels (samples, spins), 0 for up, 1 for down.

    Examples
    --------
    >>> measure(np.eye(16)[3], 2, np.random.default_rng(0)).tolist()  # spins 0 and 1 are down
    [[1, 1, 0, 0], [1, 1, 0, 0]]
    """
    probability = state**2 / (state**2).sum()
    drawn = rng.choice(len(state), samples, p=probability)
    return drawn[:, None] >> np.arange(len(state).bit_length() - 1) & 1


def annni_grid(spins: int, kappas, fields, samples: int, rng) -> np.ndarray:
    """Measure the ground states of the ANNNI ring on a grid: labels (kappas, fields, samples, spins).

    Examples
    --------
    >>> annni_grid(4, [0.0, 0.2], [0.5, 1.0, 1.5], 10, np.random.default_rng(0)).shape
    (2, 3, 10, 4)
    """
    model = annni(spins)
    return np.array([[measure(ground_state(model(kappa, h)), samples, rng) for h in fields] for kappa in kappas])


def j1j2_grid(spins: int, seconds, samples: int, rng) -> np.ndarray:
    """Measure the ground states of the J1-J2 ring for several J2: labels (seconds, samples, spins).

    Examples
    --------
    >>> j1j2_grid(4, [0.0, 0.5], 10, np.random.default_rng(0)).shape
    (2, 10, 4)
    """
    model = j1j2(spins)
    return np.array([measure(ground_state(model(second)), samples, rng) for second in seconds])


def annni_line(kappa) -> np.ndarray:
    """The critical field h of the ANNNI ring between ferromagnet (below) and paramagnet, for 0 ≤ κ < 1/2.

    The root of 1 − 2κ = h − h²κ/(2(1 − κ)), from perturbation theory about an exactly solved line (S. Suzuki, J. Inoue
    and B. Chakrabarti, "Quantum Ising phases and transitions in transverse Ising models", 2013).

    Examples
    --------
    >>> annni_line([0.0, 0.25]).round(3).tolist()
    [1.0, 0.551]
    """
    kappa = np.asarray(kappa, np.float64)
    if (kappa < 0).any() or (kappa >= 0.5).any():
        raise ValueError(f"kappa reaches from {kappa.min()} to {kappa.max()}; the line is known for 0 ≤ κ < 1/2")
    return 2 * (1 - 2 * kappa) / (1 + np.sqrt((1 - 3 * kappa + 4 * kappa**2) / (1 - kappa)))


def annni_distance(kappas, fields) -> np.ndarray:
    """The distance of the points kappas × fields from the critical line in the plane of (κ, h): (kappas, fields).

    It is positive in the paramagnet.

    Examples
    --------
    >>> annni_distance([0.0], [0.5, 1.5]).round(2).tolist()
    [[-0.25, 0.5]]
    """
    line = np.linspace(0, 0.5, 2000, endpoint=False)
    critical = annni_line(line)
    kappa, h = np.meshgrid(kappas, fields, indexing="ij")
    nearest = np.sqrt((kappa[..., None] - line)**2 + (h[..., None] - critical)**2).min(-1)
    return np.where(h > annni_line(kappa), nearest, -nearest)
