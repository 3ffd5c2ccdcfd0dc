"""Figures of the story, part one: linear models. Each function returns a figure and the numbers that it shows."""

import numpy as np
from matplotlib.figure import Figure

from varigate.model.data.pca import principal_angles, principal_components
from varigate.model.figures.plots import COLOURS, MARKERS, PALETTE
from varigate.model.figures.story_data import Material
from varigate.model.vae.autoencoder import error, linear_autoencoder

__all__ = ["components", "linear", "scatter"]


def scatter(axes, points, data: Material, **options):
    """Scatter points (n, 2) in the colours of their classes; options as of matplotlib's `scatter`.

    Examples
    --------
    >>> from varigate.model.data.tables import iris
    >>> from varigate.model.figures.story_data import material
    >>> data, axes = material(iris()), Figure().subplots()
    >>> scatter(axes, data.x[:, :2], data)
    >>> len(axes.collections)
    3
    """
    for cls, name in enumerate(data.class_names):
        own = data.labels == cls
        axes.scatter(*points[own].T, s=14, lw=0, alpha=0.7, color=PALETTE[cls % len(PALETTE)],
                     marker=MARKERS[cls % len(MARKERS)], label=name, **options)


def _matrix(axes, values, title: str):
    limit = max(np.abs(values).max(), 1e-12)
    axes.imshow(values, cmap="RdBu_r", vmin=-limit, vmax=limit, aspect="auto")
    axes.set_title(title, fontsize=9)
    axes.set_xticks([])
    axes.set_yticks([])
    if values.size <= 16:
        for (row, column), value in np.ndenumerate(values):
            axes.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=8,
                      color="white" if abs(value) > 0.6 * limit else "black")


def components(data: Material) -> tuple[Figure, dict]:
    """Draw PCA: the equations as matrices, the plane of two components, and what is lost beyond it.

    Examples
    --------
    >>> from varigate.model.data.tables import iris
    >>> from varigate.model.figures.story_data import material
    >>> figure, numbers = components(material(iris()))
    >>> round(numbers["kept"], 3)
    0.958
    """
    features = data.x.shape[1]
    full, pca = principal_components(data.x, features), principal_components(data.x, 2)
    covariance = np.cov(data.x.T)
    numbers = {"equation": float(np.abs(covariance @ pca.components - pca.components * pca.variances).max()),
               "orthogonality": float(np.abs(pca.components.T @ pca.components - np.eye(2)).max())}
    z, restored = pca.encode(data.x), pca.decode(pca.encode(data.x))
    numbers |= {"kept": float(pca.variances.sum() / full.variances.sum()), "error": error(data.x, restored),
                "within": error(restored, pca.decode(pca.encode(restored)))}
    figure = Figure(figsize=(11, 7), layout="constrained")
    top, bottom = figure.subfigures(2, 1, height_ratios=(1, 2))
    panels = top.subplots(1, 4, width_ratios=(2, 1, 2, 1))
    titles = ("covariance C", "P: 2 components", "C·P − P·Λ", "PᵀP")
    matrices = (covariance, pca.components, covariance @ pca.components - pca.components * pca.variances,
                pca.components.T @ pca.components)
    for axes, title, matrix in zip(panels, titles, matrices, strict=True):
        _matrix(axes, np.where(np.abs(matrix) < 1e-9, 0.0, matrix), title)
    left, middle, right = bottom.subplots(1, 3)
    scatter(left, z, data)
    left.set(title="e(x) = (x − mean)·P", xlabel="first component", ylabel="second component")
    left.legend(fontsize=8, ncols=2 if len(data.class_names) > 4 else 1)
    share = np.concatenate([[0], full.variances.cumsum() / full.variances.sum()])
    middle.plot(share, "o-", color=COLOURS[0], ms=4 if features < 20 else 2)
    middle.axvline(2, color="0.5", lw=1, ls="--")
    middle.set(title=f"two components keep {numbers['kept']:.1%}", xlabel="components",
               ylabel="share of the variance kept", ylim=(0, 1.03))
    lost = np.linalg.norm(data.x - restored, axis=1)
    right.hist(lost, bins=25, color=COLOURS[0])
    right.set(title="d(e(x)) ≠ x beyond the plane", xlabel="‖x − d(e(x))‖, in units of the spread",
              ylabel=f"{data.noun}s")
    figure.suptitle(f"{data.name}: principal components. The decoder d(z) = z·Pᵀ + mean is the encoder's transpose")
    return figure, numbers


def linear(data: Material) -> tuple[Figure, dict]:
    """Draw the plane that a linear autoencoder finds: that of PCA, in another basis.

    Examples
    --------
    >>> from varigate.model.data.tables import iris
    >>> from varigate.model.figures.story_data import material
    >>> figure, numbers = linear(material(iris()))
    >>> max(numbers["angles"]) < 1e-4
    True
    """
    pca, made = principal_components(data.x, 2), linear_autoencoder(data.x, 2, np.random.default_rng(0))
    basis = made.parameters["decoder.output.weights"]
    angles = principal_angles(basis, pca.components)
    own, (other, _) = pca.encode(data.x), made.encode(data.x)
    numbers = {"angles": angles.tolist(), "gram": (basis.T @ basis).tolist(),
               "error_pca": error(data.x, pca.decode(own)), "error": error(data.x, made.decode(other))}
    figure = Figure(figsize=(11, 4.4), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    for axes, points, title in ((left, own, "PCA: uncorrelated, by falling variance"),
                                (middle, other, "linear autoencoder: z has another basis")):
        scatter(axes, points, data)
        axes.set(title=title, xlabel="z[0]", ylabel="z[1]")
    left.legend(fontsize=8, ncols=2 if len(data.class_names) > 4 else 1)
    turned = basis.T @ pca.components
    right.plot(*np.array([[0, 0], [1, 0]]).T, color="0.4", lw=2, label="PCA's components")
    right.plot(*np.array([[0, 0], [0, 1]]).T, color="0.4", lw=2)
    for index, vector in enumerate(turned / np.linalg.norm(turned, axis=1).max()):
        right.annotate("", vector, (0, 0), arrowprops={"arrowstyle": "->", "color": COLOURS[1], "lw": 2})
        right.text(*(vector * 1.08), f"W[:, {index}]", color=COLOURS[5], fontsize=9)
    right.set(xlim=(-1.3, 1.3), ylim=(-1.3, 1.3), aspect="equal", xlabel="along component 1",
              ylabel="along component 2",
              title=f"the same plane: angles ≤ {max(angles):.0e} rad")
    right.legend(fontsize=8, loc="lower left")
    figure.suptitle(f"{data.name}: the linear autoencoder's error is PCA's "
                    f"({numbers['error']:.5f} and {numbers['error_pca']:.5f}), and so is its subspace")
    return figure, numbers
