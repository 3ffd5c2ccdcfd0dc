"""The book of latent spaces, part two: continuous and hybrid data, and sweeps of β and γ.

Each function returns figures by name, and its numbers.
"""

import numpy as np
from matplotlib.figure import Figure

from varigate.model.data.spins import annni, ground_state, measure
from varigate.model.figures.latent_spins import FIELDS, KAPPAS, SPINS, train_dense
from varigate.model.figures.plots import COLOURS
from varigate.model.nn.losses import categorical_reconstruction_loss, gaussian_negloglik
from varigate.model.vae.dataset import Dataset
from varigate.model.vae.maps import draw_map
from varigate.model.vae.trainer import VAETrainer

__all__ = ["ACTIVE", "continuous", "hybrid", "oscillations", "spins_with_energies", "sweeps"]

ACTIVE = -0.5  # a latent whose mean log-variance is below this is active
BETAS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
GAMMAS = (0.0, 1.0, 2.0, 4.0, 8.0)
ALPHAS = (0.0, 0.25, 0.5, 0.75, 1.0)


def oscillations(samples: int = 40, seed: int = 0) -> Dataset:
    """Make a data set of damped oscillations, 24 instants each with noise of 0.05, over frequency and damping.

    Examples
    --------
    >>> oscillations(samples=2).samples.shape
    (288, 24)
    """
    rng = np.random.default_rng(seed)
    frequencies, dampings, t = np.linspace(0.5, 1.5, 12), np.linspace(0, 2, 12), np.linspace(0, 2, 24)
    clean = np.cos(2 * np.pi * frequencies[:, None, None] * t) * np.exp(-dampings[:, None] * t)
    data = clean[:, :, None] + 0.05 * rng.standard_normal((12, 12, samples, 24))
    return Dataset(data, (frequencies, dampings), "continuous", validation=0.1)


def spins_with_energies(samples: int = 40, seed: int = 0) -> Dataset:
    """Make a hybrid data set of ANNNI ground states: all spins measured (labels), with two noisy real numbers.

    The numbers are the mean ⟨σˣ⟩ and the energy a spin, scaled to mean 0 and variance 1 over the grid; the noise is a
    tenth of that spread.
    """
    rng, model = np.random.default_rng(seed), annni(SPINS)
    kappas, fields = KAPPAS[::2], FIELDS[::2]
    labels, values = np.empty((8, 8, samples, SPINS)), np.empty((8, 8, samples, 2))
    for i, kappa in enumerate(kappas):
        for j, h in enumerate(fields):
            hamiltonian = model(kappa, h)
            state = ground_state(hamiltonian)
            energy = state @ (hamiltonian @ state)
            transverse = (state @ (model(kappa, 0.0) @ state) - energy) / h  # H is linear in h
            labels[i, j], values[i, j] = measure(state, samples, rng), (transverse / SPINS, energy / SPINS)
    values = (values - values.mean((0, 1, 2))) / values.std((0, 1, 2))
    return Dataset((labels, values + 0.1 * rng.standard_normal(values.shape)), (kappas, fields), "hybrid",
                   validation=0.1)


def _active(trainer: VAETrainer) -> int:
    return int((trainer.get_data()["logvar"].mean((0, 1, 2)) < ACTIVE).sum())


def continuous(epochs: int = 100) -> tuple[dict[str, Figure], dict]:
    """Draw the latents of oscillations with β = 2: as many stay active as the data have parameters."""
    dataset = oscillations()
    trainer = train_dense(dataset, epochs, latent=4, learning_rate=0.003, beta=2.0)
    activity = trainer.get_data()["logvar"].mean((0, 1, 2))
    cp = trainer.get_cp(dataset.samples)
    numbers = {"active": _active(trainer), "logvar": activity.tolist(), "noise": float(np.exp(cp[..., 1] / 2).mean())}
    figure = Figure(figsize=(12, 3.8), layout="constrained")
    *panels, last = figure.subplots(1, 3)
    for axes, latent in zip(panels, np.argsort(activity), strict=False):
        mean = dataset.on_grid(trainer.model.encode(dataset.samples)[0][:, latent]).mean(-1)
        draw_map(axes, *dataset.thetas, mean, f"mean μ of latent {latent}", cmap="RdBu_r")
        axes.set(xlabel="damping", ylabel="frequency")
    rng = np.random.default_rng(0)
    for index, row in enumerate((0, 2500, len(dataset.samples) - 1)):
        last.plot(dataset.samples[row], ".", color=COLOURS[index], ms=5)
        last.plot(cp[row, :, 0], color=COLOURS[index], lw=1.5)
        last.plot(trainer.reconstruct_sample(dataset.samples[[row]], rng)[0], "+", color=COLOURS[index], ms=5)
    last.set(title="data (·), mean of p(x|z) (line), a draw (+)", xlabel="instant")
    last.title.set_fontsize(10)
    figure.suptitle(f"damped oscillations over two parameters, β = 2: {numbers['active']} of 4 latents are active")
    return {"continuous": figure}, numbers


def hybrid(epochs: int = 60) -> tuple[dict[str, Figure], dict]:
    """Draw how α weighs labels against real numbers in hybrid data."""
    dataset, numbers = spins_with_energies(), {"alpha": ALPHAS, "categorical": [], "gaussian": []}
    labels, values = dataset.unpack(dataset.samples[dataset.held_out])
    for alpha in ALPHAS:
        trainer = train_dense(dataset, epochs, latent=3, alpha=alpha, learning_rate=0.003)
        log_cp, density = trainer.get_cp((labels, values))
        numbers["categorical"].append(categorical_reconstruction_loss(log_cp, labels))
        numbers["gaussian"].append(gaussian_negloglik(density[..., 0], density[..., 1], values))
    figure = Figure(figsize=(7, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, name, note in ((left, "categorical", f"{SPINS} spins"), (right, "gaussian", "2 real numbers")):
        axes.plot(ALPHAS, numbers[name], "o-", color=COLOURS[axes is right])
        axes.set(xlabel="α", ylabel="nats a sample, held out", title=f"{name}: {note}")
    figure.suptitle("hybrid data: α·categorical + (1 − α)·gaussian, each at z = μ")
    return {"hybrid": figure}, numbers


def sweeps(dataset: Dataset, epochs: int = 10) -> tuple[dict[str, Figure], dict]:
    """Draw the effect of β, and of γ at the least β, on reconstruction and latents."""
    numbers = {"beta": [], "gamma": []}
    for name, values in (("beta", BETAS), ("gamma", GAMMAS)):
        for value in values:
            weights = {"beta": BETAS[0]} | {name: value}
            trainer = train_dense(dataset, epochs, batch=100, learning_rate=0.003, **weights)
            history = trainer.history
            # training estimates the total correlation only where γ is not 0, and on small batches
            own = dataset.samples[dataset.training[:1000]]
            epsilon = np.random.default_rng(0).standard_normal((len(own), trainer.model.latent))
            tc = trainer.model.loss(own, epsilon, gamma=1.0, n_data=len(dataset.training))[0].tc
            numbers[name].append({name: value, "reconstruction": history["reconstruction"][-1],
                                  "kl": history["kl"][-1], "tc": tc, "active": _active(trainer)})
    figure = Figure(figsize=(11, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, name, symbol, values in ((left, "beta", "β", BETAS), (right, "gamma", "γ", GAMMAS)):
        for index, term in enumerate(("reconstruction", "kl", "tc")):
            axes.plot(range(len(values)), [each[term] for each in numbers[name]], "o-", color=COLOURS[index],
                      label={"reconstruction": "reconstruction", "kl": "KL", "tc": "TC"}[term])
        for place, each in enumerate(numbers[name]):
            axes.annotate(f"{each['active']} active", (place, each["kl"]), (0, 8), textcoords="offset points",
                          ha="center", fontsize=8)
        axes.set(xticks=range(len(values)), xticklabels=[f"{value:g}" for value in values], xlabel=symbol,
                 ylabel="nats a sample")
        axes.margins(0.1, 0.12)
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8)
    left.set_title("β weighs the KL divergence: latents fall silent")
    right.set_title(f"γ weighs the total correlation of z (β = {BETAS[0]:g})")
    return {"sweeps": figure}, numbers
