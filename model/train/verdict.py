"""The verdict on a training: is the network worth anything? It is held against what needs no network."""

import numpy as np

from varigate.model.data.images import Images
from varigate.model.data.tables import LabelledTable
from varigate.model.network.network import Network
from varigate.model.nn.losses import reconstruction_loss
from varigate.model.quantise.float_network import FloatNetwork
from varigate.model.train.discriminant import CERTAIN, allowed_errors, lda_errors
from varigate.model.train.recipes import TrainingSettings

__all__ = ["verdict"]

ACTIVE = 0.01  # the least variance of a latent's mean over the data that says something (Y. Burda et al., 2016)
SHARE = 0.1  # of −ELBO, which the integers may lose, besides
NAT = 1.0
DIVERGED = 20.0  # −ELBO in units of what the data's mean alone, without a latent, comes to
ENOUGH = 2000  # samples to see whether a latent is active


def _worse(accuracy: float, yardstick: float, count: int, chance: int) -> bool:
    """Whether the errors of `count` samples are too many; `chance` is 1 where no single error is to count."""
    errors = count * (1 - yardstick)
    return count * (1 - accuracy) > allowed_errors(errors, max(count, CERTAIN * chance)) + 0.001  # figures are rounded


def _yardsticks(data, figures: dict):
    """Yield (accuracy, name) of what a network must not be worse than."""
    yield np.bincount(data.labels).max() / len(data.labels), "always naming the most frequent class"
    if "cv_accuracy_lda" in figures:
        yield figures["cv_accuracy_lda"], "linear discriminant analysis in cross-validation"
    elif not isinstance(data, Images):
        yield 1 - lda_errors(data.codes, data.labels) / len(data.labels), "linear discriminant analysis"


def _accuracy(figures: dict, data, bits: int):
    """Yield what there is to say about accuracy."""
    count, accuracy, real = len(data.labels), figures["accuracy_integer"], figures["accuracy_float"]
    best, name = max(_yardsticks(data, figures))
    tried = "try another --seed, more --epochs, or more --hidden or --latent units"
    if _worse(accuracy, best, count, 0):
        yield f"its accuracy is {accuracy:.4f}, that of {name} {best:.4f}: {tried}"
    elif _worse(held_out := figures.get("cv_accuracy_integer", 1.0), best, count, 1):
        yield f"its accuracy in cross-validation is {held_out:.4f}, that of {name} {best:.4f}: {tried}"
    if _worse(accuracy, real, count, 0):
        yield (f"the accuracy of its integers is {accuracy:.4f}, that of its floats {real:.4f}: "
               f"try {'--bits 8' if bits < 8 else 'another --seed or a greater --decay'}")


def _mean_alone(real: FloatNetwork, codes) -> float:
    """−ELBO in nats where no latent is active, and the mean of the codes (n, inputs) is always reconstructed."""
    targets = real.targets(codes)
    mean = targets.mean(0)
    if real.output == "sigmoid":
        mean = np.clip(mean, 1 / 512, 1 - 1 / 512)
        return float(reconstruction_loss(targets, np.log(mean / (1 - mean)), "sigmoid").mean())
    return float(reconstruction_loss(targets, mean, "linear").mean() + 0.5 * np.log(2 * np.pi) * len(mean))


def verdict(network: Network, real: FloatNetwork, data: LabelledTable | Images, settings: TrainingSettings,
            figures: dict) -> list[str]:
    """Say what is wrong with a trained network: a sentence for each point, none for a good one.

    It may have diverged, which is all that is said then. It may be less accurate than the most frequent class or linear
    discriminant analysis (without a trained head, that is not asked); its integers may be worse than its floats; or its
    latents may say nothing of the samples.

    data: what `figures`, those of its card, were measured on.

    Examples
    --------
    >>> from varigate.model.data.tables import iris
    >>> from varigate.model.train import trained
    >>> made = trained.load("iris")
    >>> verdict(made.network, made.real, iris(), TrainingSettings(), made.card)
    []
    >>> verdict(made.network, made.real, iris(), TrainingSettings(), made.card | {"accuracy_integer": 0.3})[0][:47]
    'its accuracy is 0.3000, that of linear discrimi'
    """
    found, least, mean_alone = [], figures["neg_elbo_float"], _mean_alone(real, data.codes)
    if least > DIVERGED * mean_alone + NAT:
        return [f"its training has diverged, or was too short: its negative ELBO is {least:.4g} nats, and "
                f"the mean of the samples alone would have {mean_alone:.4g}: try a smaller --rate, or more --epochs"]
    spread = real.encode(data.codes[::-(-len(data.codes) // ENOUGH)].astype(np.float64))[0].var(0).max()
    if spread < ACTIVE:
        found.append(f"no latent is active, their means have a variance of {spread:.2g} over the samples, less than "
                     f"{ACTIVE}: try a smaller --beta, or features that vary more")
    if network.head is not None and settings.class_weight > 0:
        found += _accuracy(figures, data, settings.bits)
    lost = figures["neg_elbo_integer"] - least
    if lost > NAT + SHARE * abs(least):
        found.append(f"the negative ELBO of its integers is {least + lost:.1f} nats, that of its floats {least:.1f}: "
                     f"try {'--bits 8' if settings.bits < 8 else 'another --seed or a greater --decay'}")
    return found
