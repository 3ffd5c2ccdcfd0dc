"""Figures of the story, part two: the gain from depth, and its cost without a prior on z.

Each function returns a figure and the numbers that it shows.
"""

import numpy as np
from matplotlib.figure import Figure
from scipy.spatial import cKDTree

from varigate.model.data.images import wall
from varigate.model.data.pca import principal_components
from varigate.model.figures.plots import COLOURS
from varigate.model.figures.story_data import Material
from varigate.model.figures.story_training import LATENT, WIDTH, decode, encode, fit_plain, fit_vae
from varigate.model.vae.autoencoder import autoencoder, error

__all__ = ["depth", "failure"]

FEW = {True: 150, False: 45}  # training samples of the figure of failures: images, tables


def _split(data: Material, count: int):
    order = np.random.default_rng(0).permutation(len(data.x))
    return order[:count], order[count:]


def depth(data: Material) -> tuple[Figure, dict]:
    """Draw the error on held-out samples over depth and size of the latent space, beside PCA's."""
    images = data.shape is not None
    latents, depths = (2, 4, 8, 16) if images else (1, 2, 3), ("PCA", 0, 1, 2)
    training, held_out = _split(data, round(0.7 * len(data.x)))
    found = np.empty((len(depths), len(latents)))
    for column, latent in enumerate(latents):
        pca = principal_components(data.x[training], latent)
        found[0, column] = error(data.x[held_out], pca.decode(pca.encode(data.x[held_out])))
        for row, layers in enumerate(depths[1:], 1):
            rng = np.random.default_rng([latent, layers])
            made = autoencoder(data.x.shape[1], (WIDTH,) * layers, latent)
            fit_plain(made, data.x[training], 60 if images else 200, rng)
            found[row, column] = error(data.x[held_out], decode(made, encode(made, data.x[held_out])))
    figure = Figure(figsize=(6.4, 4), layout="constrained")
    axes = figure.subplots()
    mesh = axes.imshow(found, cmap="viridis_r", aspect="auto")
    figure.colorbar(mesh, ax=axes, label="mean squared error, held out")
    for (row, column), value in np.ndenumerate(found):
        axes.text(column, row, f"{value:.3f}", ha="center", va="center",
                  color="white" if value > found.mean() else "black")
    axes.set(xticks=range(len(latents)), xticklabels=latents, yticks=range(len(depths)), xlabel="latent variables",
             yticklabels=["PCA", *(f"{layers} hidden" for layers in depths[1:])],
             title=f"{data.name}: depth bends the subspace (autoencoder, {WIDTH} wide)")
    return figure, {"latents": latents, "errors": found.tolist()}


def _between(data: Material, model, tree, training) -> tuple[np.ndarray, np.ndarray]:
    """A way in the latent space from a sample of the first class to one of the last: its decoded points (11, …).

    Also the mean distance (11,) from such points to the nearest real sample, over many ways between classes.
    """
    z, labels, places = encode(model, data.x[training]), data.labels[training], np.linspace(0, 1, 11)[:, None]
    ways = [decode(model, z[i] + places * (z[j] - z[i]))
            for i in range(20) for j in range(20) if labels[i] != labels[j]]
    first, last = (np.flatnonzero(labels == cls)[0] for cls in (labels.min(), labels.max()))
    return (decode(model, z[first] + places * (z[last] - z[first])),
            np.mean([tree.query(way)[0] for way in ways], 0))


def failure(data: Material) -> tuple[Figure, dict]:
    """Draw the failure of a plain autoencoder with few samples and many weights, beside the VAE of the same layers."""
    images = data.shape is not None
    latent, epochs = LATENT[images], 400 if images else 600
    training, held_out = _split(data, FEW[images])
    seen, unseen, tree = data.smooth[training], data.smooth[held_out], cKDTree(data.x)
    plain = autoencoder(data.x.shape[1], (WIDTH, WIDTH), latent).initialise(np.random.default_rng(1))
    course = {"autoencoder": fit_plain(plain, seen, epochs, np.random.default_rng(2), unseen)}
    vae, course["VAE"] = fit_vae(seen, latent, epochs, np.random.default_rng(1), held_out=unseen)
    z, rng = encode(plain, seen), np.random.default_rng(3)
    drawn = {"autoencoder": decode(plain, rng.multivariate_normal(z.mean(0), np.cov(z.T), 500)),
             "VAE": decode(vae, rng.standard_normal((500, latent)))}
    ways = {"autoencoder": _between(data, plain, tree, training), "VAE": _between(data, vae, tree, training)}
    numbers = {name: {"seen": course[name][-1][1], "held_out": course[name][-1][2],
                      "distance_of_draws": float(tree.query(drawn[name])[0].mean()),
                      "distance_half_way": float(ways[name][1][5])} for name in course}
    figure = Figure(figsize=(12, 4.2 if not images else 6.6), layout="constrained")
    top, *rest = figure.subfigures(2, 1, height_ratios=(4, 2.6)) if images else (figure,)
    left, middle, right = top.subplots(1, 3)
    for index, (name, rows) in enumerate(course.items()):
        epoch, low, high = np.array(rows).T
        left.semilogy(epoch, low, color=COLOURS[index], label=f"{name}: {len(seen)} {data.noun}s trained on")
        left.semilogy(epoch, high, color=COLOURS[index], ls="--", label=f"{name}: held out (×{high[-1] / low[-1]:.1f})")
        middle.plot(np.linspace(0, 1, 11), ways[name][1], "o-", ms=4, color=COLOURS[index], label=name)
        right.hist(tree.query(drawn[name])[0], bins=30, histtype="step", lw=1.8, color=COLOURS[index],
                   label=f"{name}: mean {numbers[name]['distance_of_draws']:.2f}")
    left.set(title="overfitting", xlabel="epoch", ylabel="mean squared error")
    middle.set(title="on the straight way between two classes", xlabel="from one to the other, in z",
               ylabel="distance to the nearest real one", ylim=(0, None))
    right.set(title="decoded from a random z", xlabel="distance to the nearest real one", ylabel="of 500")
    for axes in (left, middle, right):
        axes.legend(fontsize=8)
    if images:
        axes = rest[0].subplots()
        pictures = np.concatenate([ways[name][0] for name in ways] + [drawn[name][:11] for name in drawn])
        grey = np.clip(data.values(pictures), 0, 1) * 255
        axes.imshow(wall(grey.astype(np.uint8), 4, 11, data.shape), cmap="gray", aspect="equal")
        step = data.shape[0] + 2
        axes.set(xticks=[], yticks=[step * (row + 0.45) for row in range(4)],
                 yticklabels=["autoencoder, between classes", "VAE, between classes", "autoencoder, random z",
                              "VAE, random z"])
    figure.suptitle(f"{data.name}: the same layers, {latent} latent variables; only the VAE is told where z shall be")
    return figure, numbers
