"""The book of latent spaces, part one: spin models. Each function returns figures by name, and its numbers."""

import numpy as np
from matplotlib.figure import Figure
from sklearn.metrics import normalized_mutual_info_score

from varigate.model.data.spins import annni_distance, annni_grid, annni_line, ground_state, j1j2, j1j2_grid
from varigate.model.figures.plots import COLOURS
from varigate.model.vae.bounds import importance_weighted_bound
from varigate.model.vae.dataset import Dataset
from varigate.model.vae.decoders import AutoregressiveDecoder, DenseDecoder
from varigate.model.vae.encoders import DenseEncoder
from varigate.model.vae.maps import draw_map
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.representation import most_active
from varigate.model.vae.trainer import VAETrainer

__all__ = ["SPINS", "agreement", "decoders", "phase_data", "phase_map", "train_dense", "two_means"]

SPINS = 10
KAPPAS = np.linspace(0, 0.45, 16)
FIELDS = np.linspace(0.1, 2.0, 16)
MARGIN = 0.1  # points nearer to the critical line do not count: ten spins have no sharp transition
SECONDS = np.linspace(0, 1, 11)  # J2/J1
LATENT = 5


def two_means(values) -> np.ndarray:
    """Split numbers into two clusters of least squares, exactly: True for the upper ones, shaped as `values`.

    Examples
    --------
    >>> two_means([0.1, 2.0, 0.2, 1.9]).tolist()
    [False, True, False, True]
    """
    values = np.asarray(values, np.float64)
    ordered = np.sort(values.ravel())
    below = np.arange(1, len(ordered))
    total, squares = ordered.cumsum(), (ordered**2).cumsum()
    within = (squares[-1] - total[:-1]**2 / below - (total[-1] - total[:-1])**2 / (len(ordered) - below))
    cut = int(within.argmin())
    return values > (ordered[cut] + ordered[cut + 1]) / 2


def phase_data(samples: int = 100, seed: int = 0) -> Dataset:
    """Make the data set of measured ground states of the ANNNI ring over (κ, h), with a tenth held out."""
    data = annni_grid(SPINS, KAPPAS, FIELDS, samples, np.random.default_rng(seed))
    return Dataset(data, (KAPPAS, FIELDS), "discrete", 2, validation=0.1)


def train_dense(dataset: Dataset, epochs: int, seed: int = 0, *, latent: int = LATENT, batch: int = 200,
                **weights) -> VAETrainer:
    """Train a dense encoder with a dense decoder, 64 wide; returns the trainer.

    Examples
    --------
    >>> import numpy as np
    >>> data = Dataset(np.random.default_rng(0).integers(0, 2, (100, 6)))
    >>> train_dense(data, 1, latent=2).epoch
    1
    """
    model = VAEmodel(DenseEncoder(dataset.sites, (64,), latent), DenseDecoder(dataset.sites, (64,), latent))
    trainer = VAETrainer(model, dataset)
    trainer.train(epochs, batch, np.random.default_rng(seed), **weights)
    return trainer


def agreement(values) -> dict:
    """Measure how well a map over the (κ, h) grid separates the two phases: normalised mutual information, 1 at best.

    Examples
    --------
    >>> round(agreement(annni_distance(KAPPAS, FIELDS) > 0)["nmi"], 6)
    1.0
    """
    distance = annni_distance(KAPPAS, FIELDS)
    kept, split = np.abs(distance) > MARGIN, two_means(values)
    return {"nmi": float(normalized_mutual_info_score((distance > 0)[kept], split[kept])),
            "counted": int(kept.sum()), "excluded": int((~kept).sum())}


def phase_map(epochs: int = 20) -> tuple[dict[str, Figure], dict]:
    """Draw the phase diagram of the ANNNI ring, found by a VAE that sees neither parameters nor phases."""
    trainer = train_dense(phase_data(), epochs)
    maps, latvar = trainer.compute_repr2d((0, 1), return_latvar=True)
    best = most_active(latvar)
    numbers = agreement(maps[best]) | {"latent": best, "logvar": latvar.mean((1, 2)).tolist()}
    figure = Figure(figsize=(12, 4.2), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    line = np.linspace(0, KAPPAS[-1], 100)
    for axes, values, title, options in (
            (left, maps[best], f"mean |μ| of latent {best}, the most active", {}),
            (middle, two_means(maps[best]), f"2-means: NMI {numbers['nmi']:.2f} with the known phases",
             {"cmap": "Blues", "vmax": 1.6, "scale": False})):
        draw_map(axes, FIELDS, KAPPAS, values.T, title, **options)
        axes.plot(line, annni_line(line), color="white" if axes is left else COLOURS[5], lw=2, label="critical line")
        axes.set(xlabel="κ", ylabel="h")
        axes.legend(fontsize=8)
    near = np.abs(annni_distance(KAPPAS, FIELDS)) <= MARGIN
    middle.plot(*np.array([[KAPPAS[i], FIELDS[j]] for i, j in np.argwhere(near)]).T, "x", color="0.4", ms=4)
    right.bar(range(LATENT), -np.array(numbers["logvar"]), color=[COLOURS[index == best] for index in range(LATENT)])
    right.set(title="activity: −(mean log-variance)", xlabel="latent")
    figure.suptitle(f"ANNNI ring of {SPINS} spins: ground states, 100 measurements at each of {maps[best].size} points")
    latents = trainer.plot_repr2d(theta_pair=(1, 0))
    latents.suptitle("all latents; θ[0] = κ, θ[1] = h")
    return {"map": figure, "latents": latents, "training": trainer.plot_training(epochs)}, numbers


def _exact(samples) -> float:
    """The mean log p, in nats, of measurements (n, spins) under the mixture of all the ground states measured."""
    model = j1j2(SPINS)
    mixture = np.mean([ground_state(model(second))**2 for second in SECONDS], 0)
    return float(np.log(mixture[samples.astype(np.int64) @ (1 << np.arange(SPINS))]).mean())


def decoders(epochs: int = 40) -> tuple[dict[str, Figure], dict]:
    """Draw a factorised decoder against an autoregressive one on the J1–J2 chain: same encoder, two latents."""
    data = j1j2_grid(SPINS, SECONDS, 1000, np.random.default_rng(0))
    dataset = Dataset(data, (SECONDS,), "discrete", 2, validation=0.1)
    held_out = dataset.samples[dataset.held_out]
    numbers, courses = {"exact": _exact(held_out), "held_out": len(held_out)}, {}
    for name, decoder in (("factorised", DenseDecoder), ("autoregressive", AutoregressiveDecoder)):
        model = VAEmodel(DenseEncoder(dataset.sites, (64,), 2), decoder(dataset.sites, (100,), 2))
        trainer = VAETrainer(model, dataset)
        trainer.train(epochs, 100, np.random.default_rng(1), learning_rate=0.003)
        bound = importance_weighted_bound(model, held_out, np.random.default_rng(0))
        courses[name] = trainer.history
        numbers[name] = {"bound": float(bound.mean()), "error": float(bound.std() / len(bound)**0.5),
                         "kl": trainer.history["kl"][-1]}
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for index, (name, history) in enumerate(courses.items()):
        axes.plot(np.arange(epochs) + 1, history["validation"], color=COLOURS[index], label=f"{name}: −ELBO, held out")
        axes.axhline(-numbers[name]["bound"], color=COLOURS[index], ls=":",
                     label=f"importance-weighted: {-numbers[name]['bound']:.2f}")
    axes.axhline(-numbers["exact"], color="black", lw=1, label=f"exact distribution: {-numbers['exact']:.2f}")
    axes.set(xlabel="epoch", ylabel="nats a sample", title=f"J1–J2 chain of {SPINS} spins, 2 latents")
    axes.legend(fontsize=8)
    return {"decoders": figure}, numbers
