"""Quality of networks: cross-validated accuracy, and integers against floats. Figures are fractions of 1, or nats."""

import numpy as np
from sklearn.model_selection import StratifiedKFold

from varigate.model.data.tables import LabelledTable
from varigate.model.fixedpoint.epsilon import epsilon
from varigate.model.fixedpoint.sampling import EPSILON, MU, V
from varigate.model.network.integer import infer
from varigate.model.network.network import Network
from varigate.model.nn.losses import kl_divergence, reconstruction_loss
from varigate.model.quantise.float_network import FloatNetwork
from varigate.model.train.discriminant import linear_discriminant
from varigate.model.train.fitting import fit, integers
from varigate.model.train.recipes import TrainingSettings

__all__ = ["DRAWS", "FOLDS", "SEEDS", "compare", "cross_validate", "negative_elbo"]

FOLDS = 5
SEEDS = 10
DRAWS = 16  # samples of z for each sample of the data, for the ELBO


def _figures(pairs) -> dict:
    return {name: round(float(value), 6) for name, value in pairs}


def cross_validate(dataset: LabelledTable, settings: TrainingSettings, *, folds: int = FOLDS, seeds: int = SEEDS,
                   progress: bool = False) -> dict:
    """Cross-validate a recipe: accuracies on held-out samples, means over stratified `folds` × `seeds`.

    Returns a dict, which is empty when a class has fewer samples than there are folds.

    Whitening, training, quantisation and its calibration see the other folds only. Linear discriminant analysis on the
    same folds is the yardstick.

    Examples
    --------
    >>> from varigate.model.data.tables import iris
    >>> figures = cross_validate(iris(), TrainingSettings(epochs=5), folds=2, seeds=1)
    >>> list(figures)
    ['cv_accuracy_float', 'cv_accuracy_integer', 'cv_accuracy_lda', 'cv_class_agreement']
    """
    if np.bincount(dataset.labels, minlength=dataset.classes).min() < folds:
        return {}
    splits = [(seed, fold, train, test) for seed in range(seeds) for fold, (train, test) in enumerate(
        StratifiedKFold(folds, shuffle=True, random_state=seed).split(dataset.x, dataset.labels))]
    floats = fit(dataset, settings, [train for *_, train, _ in splits], [[seed, fold] for seed, fold, *_ in splits],
                 progress=progress, text=f"cross-validation, {folds} folds × {seeds} seeds")
    rows = []
    for network, (_, _, train, test) in zip(floats, splits, strict=True):
        codes, labels = dataset.codes[test], dataset.labels[test]
        whole = infer(integers(network, dataset, train, bits=settings.bits), codes).cls
        real = network.infer(codes).cls
        lda = linear_discriminant(dataset.codes[train], dataset.labels[train])(codes)
        rows.append([np.mean(found == labels) for found in (real, whole, lda)] + [np.mean(real == whole)])
    names = ("cv_accuracy_float", "cv_accuracy_integer", "cv_accuracy_lda", "cv_class_agreement")
    return _figures(zip(names, np.mean(rows, 0), strict=True))


def negative_elbo(network: FloatNetwork, codes, mu, v, logit) -> float:
    """The negative ELBO in nats, a mean over samples.

    codes: (n, inputs); mu, v = log2 σ: (n, latent); logit: (draws, n, outputs), decoded from draws of z.

    A linear output counts in whitened coordinates, with the normal distribution's constant; a sigmoid's pixel is
    Bernoulli with the grey level as its expectation.

    See `compare`, which calls it.
    """
    targets = network.targets(codes)
    if network.output == "sigmoid":
        loss = reconstruction_loss(targets, logit, "sigmoid")
    else:
        loss = reconstruction_loss(targets, network.whitening(logit), "linear")
        loss = loss + 0.5 * np.log(2 * np.pi) * targets.shape[-1]
    return float(loss.mean() + kl_divergence(mu, 2 * np.log(2) * v).mean())


def compare(network: Network, real: FloatNetwork, codes, labels, draws: int = DRAWS) -> dict:
    """Compare integers with floats on codes (n, inputs) with their labels (n,): a dict of figures.

    Without a head there are none of classes.

    Both take the same ε, `draws` vectors for each sample: the stream after reset.

    Examples
    --------
    >>> from varigate.model.train import trained
    >>> from varigate.model.data.tables import iris
    >>> made, data = trained.load("iris"), iris()
    >>> figures = compare(made.network, made.real, data.codes, data.labels)
    >>> list(figures)
    ['accuracy_float', 'accuracy_integer', 'class_agreement', 'neg_elbo_float', 'neg_elbo_integer']
    >>> figures["class_agreement"] > 0.97
    True
    """
    codes = np.asarray(codes, np.int64)
    whole, exact, figures = infer(network, codes), real.infer(codes), {}
    if network.head is not None:
        figures = {"accuracy_float": np.mean(exact.cls == labels), "accuracy_integer": np.mean(whole.cls == labels),
                   "class_agreement": np.mean(exact.cls == whole.cls)}
    noise = epsilon(network.epsilon_table, network.epsilon_seed, draws * whole.mu.size).reshape(draws, *whole.mu.shape)
    logit = np.stack([real.infer(codes, EPSILON.real(each)).logit for each in noise])
    figures["neg_elbo_float"] = negative_elbo(real, codes, exact.mu, exact.v, logit)
    logit = network.decoder[-1].format.real(np.stack([infer(network, codes, each).logit for each in noise]))
    figures["neg_elbo_integer"] = negative_elbo(real, codes, MU.real(whole.mu), V.real(whole.v), logit)
    return _figures(figures.items())
