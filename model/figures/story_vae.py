"""Figures of the story, part three: how the variational autoencoder is trained.

Each function returns a figure and the numbers that it shows.
"""

import numpy as np
from matplotlib.figure import Figure

from varigate.model.figures.plots import COLOURS
from varigate.model.figures.story_data import Material
from varigate.model.figures.story_linear import scatter
from varigate.model.figures.story_training import trained_vae
from varigate.model.nn.losses import kl_divergence, log_normal_pdf

__all__ = ["divergence", "reparameterisation"]


def reparameterisation(data: Material) -> tuple[Figure, dict]:
    """Draw the reparameterisation z = μ + σ·ε: the noise stays outside, so gradients pass through μ and σ.

    They have little noise, too. Drawn is the gradient of E[(z − 1)²] with respect to σ at μ = 0.5, σ = 0.8, which is
    2σ: from 20 draws at a time by reparameterisation, and by the score function, which needs no derivative of the
    averaged function.
    """
    rng, mu, sigma = np.random.default_rng(0), 0.5, 0.8
    epsilon = rng.standard_normal((4000, 20))
    z = mu + sigma * epsilon
    through = (2 * (z - 1) * epsilon).mean(1)
    score = ((z - 1)**2 * (epsilon**2 - 1) / sigma).mean(1)
    numbers = {"exact": 2 * sigma, "reparameterised": [float(through.mean()), float(through.std())],
               "score": [float(score.mean()), float(score.std())]}
    figure = Figure(figsize=(12, 4.2), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    grid = np.linspace(-3.5, 3.5, 400)
    drawn = np.array([-1.6, -0.7, 0.1, 0.8, 1.7])
    for index, (m, s) in enumerate(((0, 1), (1.5, 0.4), (-1, 0.7))):
        colour = COLOURS[index]
        left.plot(grid, index + 0.8 * s * np.exp(log_normal_pdf(m, 2 * np.log(s), grid)) / 0.4, color=colour)
        left.plot(m + s * drawn, np.full(5, index), "o", color=colour, ms=5)
        left.text(-3.4 if m > 0 else 3.4, index + 0.3, f"μ = {m}, σ = {s}".replace("-", "−"), fontsize=8, color=colour,
                  ha="left" if m > 0 else "right")
    for each in drawn:
        left.plot([each, 1.5 + 0.4 * each, -1 + 0.7 * each], [0, 1, 2], color="0.7", lw=0.8, zorder=0)
    left.set(title="the same five ε under three posteriors", xlabel="z = μ + σ·ε", yticks=[])
    model = trained_vae(data)
    mean, logvar = model.encode(data.smooth)
    order = np.sort(np.argsort(logvar.mean(0))[:2])
    chosen = np.concatenate([np.flatnonzero(data.labels == cls)[:1] for cls in np.unique(data.labels)])
    scatter(middle, mean[:, order], data)
    for sample in chosen:
        cloud = mean[sample] + np.exp(logvar[sample] / 2) * rng.standard_normal((60, model.latent))
        middle.plot(*cloud[:, order].T, "+", ms=4, mew=0.7, color="0.25")
    middle.set(title=f"{data.name}: 60 draws of z for {len(chosen)} {data.noun}s", xlabel=f"z[{order[0]}]",
               ylabel=f"z[{order[1]}]")
    bins = np.linspace(-3, 6, 60)
    for name, estimates, colour in (("through z", through, COLOURS[0]), ("score function", score, COLOURS[1])):
        right.hist(estimates, bins=bins, alpha=0.6, color=colour, label=f"{name}: ± {estimates.std():.2f}")
    right.axvline(2 * sigma, color="black", lw=1, label=f"exact: {2 * sigma}")
    right.set(title="a gradient from 20 draws", xlabel="d/dσ E[(z − 1)²]", ylabel="estimates")
    right.legend(fontsize=8)
    figure.suptitle("reparameterisation: the noise ε stays outside, so gradients pass through μ and σ")
    return figure, numbers


def divergence(data: Material) -> tuple[Figure, dict]:
    """Draw KL(N(μ, σ²) ‖ N(0, 1)) over μ and σ, with the posteriors of the data, and as an area."""
    model = trained_vae(data)
    mean, logvar = model.encode(data.smooth)
    each = kl_divergence(mean[..., None], logvar[..., None])
    numbers = {"kl": each.mean(0).tolist(), "logvar": logvar.mean(0).tolist()}
    figure = Figure(figsize=(12, 4.4), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    reach = max(3.2, 1.05 * np.abs(mean).max())
    mu, log_sigma = np.linspace(-reach, reach, 200), np.linspace(min(-3.5, 0.52 * logvar.min()), 1, 200)
    height = kl_divergence(mu[:, None], 2 * log_sigma[:, None, None])
    mesh = left.contourf(mu, log_sigma, height, levels=[0, 0.05, 0.25, 0.5, 1, 2, 3, 4, 6, 8, 12], cmap="Blues",
                         extend="max")
    figure.colorbar(mesh, ax=left, label="nats")
    order = np.argsort(logvar.mean(0))
    for rank, latent in enumerate(order[:4]):
        left.plot(mean[:, latent], logvar[:, latent] / 2, ".", ms=3, color=COLOURS[1 + rank],
                  label=f"latent {latent}: {each[:, latent].mean():.2f} nats")
    left.plot(0, 0, "k+", ms=10)
    left.set(title="KL(μ, σ), and where the data are", xlabel="μ", ylabel="log σ")
    left.legend(fontsize=8)
    z, latent = np.linspace(-4, 4, 600), order[0]
    sample = int(np.abs(each[:, latent] - np.median(each[:, latent])).argmin())
    log_q = log_normal_pdf(mean[sample, latent], logvar[sample, latent], z)
    log_p = log_normal_pdf(0.0, 0.0, z)
    integrand = np.exp(log_q) * (log_q - log_p)
    middle.plot(z, np.exp(log_p), color="0.4", label="prior p(z)")
    middle.plot(z, np.exp(log_q), color=COLOURS[0], label=f"q(z|x) of one {data.noun}")
    middle.fill_between(z, integrand, color=COLOURS[1], alpha=0.5,
                        label=f"q·log(q/p): its area is {integrand.sum() * (z[1] - z[0]):.2f} nats")
    middle.set(title="KL as an area", xlabel=f"z[{latent}]")
    middle.legend(fontsize=8)
    colours = [COLOURS[0] if value > 0.1 else "0.7" for value in each.mean(0)]
    right.bar(range(model.latent), each.mean(0), color=colours)
    right.set(title="mean KL of each latent", xlabel="latent", ylabel="nats",
              xticks=range(model.latent))
    figure.suptitle(f"{data.name}: what q(z|x) costs beyond the prior")
    return figure, numbers
