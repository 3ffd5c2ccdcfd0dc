"""The terms of a VAE's loss, in nats.

`reconstruction_loss`, `kl_divergence` and `cross_entropy` are per sample, and keep leading axes and single precision.
The others are means over a batch (the first axis) of sums over all other axes, and refuse shapes that differ and values
that are not finite by a `ValueError`; each has its gradients in a function of the same name with `_gradient`.
"""

import numpy as np

from varigate.model.checks import alike, label_array, real_array
from varigate.model.nn.activations import sigmoid, softplus
from varigate.model.nn.total_correlation import TC_term, TC_term_gradient

__all__ = ["OUTPUTS", "TC_term", "TC_term_gradient", "bernoulli_negloglik", "bernoulli_negloglik_gradient",
           "categorical_reconstruction_loss", "categorical_reconstruction_loss_gradient", "cross_entropy",
           "gaussian_negloglik", "gaussian_negloglik_gradient", "kl_divergence", "kl_divergence_gradient",
           "kl_standard_normal", "kl_standard_normal_gradient", "log_normal_pdf", "reconstruction_loss"]

OUTPUTS = ("linear", "sigmoid")  # kinds of `reconstruction_loss`


def reconstruction_loss(y, output, kind: str) -> np.ndarray:
    """−log p(y|output) of each sample, (…, n).

    kind: `linear`, ½‖y − output‖², that is a unit normal distribution, its constant left out; `sigmoid`, the Bernoulli
    cross-entropy of grey levels y, of which `output` holds the logits.
    """
    if kind == "sigmoid":
        return (softplus(output) - y * output).sum(-1)
    return 0.5 * ((y - output) ** 2).sum(-1)


def kl_divergence(mu, logvar) -> np.ndarray:
    """KL(N(μ, e^ℓ) ‖ N(0, 1)) of each sample in nats, (…, n)."""
    return 0.5 * (mu**2 + np.exp(logvar) - logvar - 1).sum(-1)


def kl_divergence_gradient(mu, logvar) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of the sum of `kl_divergence` at mu and logvar."""
    return mu, 0.5 * (np.exp(logvar) - 1)


def cross_entropy(scores, onehot) -> tuple[np.ndarray, np.ndarray]:
    """−log softmax(scores)[class] (…, n) for scores and onehot (…, n, classes), and its gradient at the scores."""
    shifted = scores - scores.max(-1, keepdims=True)
    log_total = np.log(np.exp(shifted).sum(-1, keepdims=True))
    return log_total[..., 0] - (shifted * onehot).sum(-1), np.exp(shifted - log_total) - onehot


def log_normal_pdf(mu, logvar, sample) -> np.ndarray:
    """log N(sample; μ, e^logvar), elementwise; the three broadcast."""
    mu, logvar, sample = (real_array(*each) for each in (("mu", mu), ("logvar", logvar), ("sample", sample)))
    try:
        distance = sample - mu
        return -0.5 * (distance**2 * np.exp(-logvar) + logvar + np.log(2 * np.pi))
    except ValueError as error:
        raise ValueError(f"mu, logvar and sample have shapes {mu.shape}, {logvar.shape} and {sample.shape}, "
                         "which do not broadcast") from error


def kl_standard_normal(mean, logvar) -> float:
    """The mean over the batch of KL(N(mean, e^logvar) ‖ N(0, 1)), mean and logvar (batch, latent)."""
    mean, logvar = alike(mean=mean, logvar=logvar)
    return float(kl_divergence(mean, logvar).sum() / len(mean))


def kl_standard_normal_gradient(mean, logvar) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of `kl_standard_normal` at mean and logvar."""
    mean, logvar = alike(mean=mean, logvar=logvar)
    return tuple(each / len(mean) for each in kl_divergence_gradient(mean, logvar))


def gaussian_negloglik(recon_mean, recon_logvar, targets, eps=1e-8) -> float:
    """−log N(targets; recon_mean, e^recon_logvar + eps), all (batch, …), a mean over the batch.

    `eps` is a floor under the variance: without it, a density that fits one target exactly would be worth infinity.
    """
    recon_mean, recon_logvar, targets = alike(recon_mean=recon_mean, recon_logvar=recon_logvar, targets=targets)
    variance = np.exp(recon_logvar) + eps
    return float(0.5 * ((targets - recon_mean)**2 / variance + np.log(2 * np.pi * variance)).sum() / len(targets))


def gaussian_negloglik_gradient(recon_mean, recon_logvar, targets, eps=1e-8) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of `gaussian_negloglik` at recon_mean and recon_logvar."""
    recon_mean, recon_logvar, targets = alike(recon_mean=recon_mean, recon_logvar=recon_logvar, targets=targets)
    share = np.exp(recon_logvar)
    variance = share + eps
    error = (recon_mean - targets) / variance
    return error / len(targets), 0.5 * share * (1 / variance - error**2) / len(targets)


def _categorical(log_cp_i, targets):
    log_cp_i = real_array("log_cp_i", log_cp_i)
    if log_cp_i.ndim < 2 or not log_cp_i.size:
        raise ValueError(f"log_cp_i has shape {log_cp_i.shape}; (batch, seq_len, local_dimension) is needed")
    targets = label_array("targets", targets, log_cp_i.shape[-1])
    if targets.shape != log_cp_i.shape[:-1]:
        raise ValueError(f"targets has shape {targets.shape}; log_cp_i of shape {log_cp_i.shape} asks for "
                         f"{log_cp_i.shape[:-1]}")
    return log_cp_i, targets[..., None]


def categorical_reconstruction_loss(log_cp_i, targets) -> float:
    """−Σ_i log p(x_i | …), a mean over the batch.

    log_cp_i: (batch, seq_len, local_dimension) logarithms of probabilities; targets: (batch, seq_len) labels
    0…local_dimension − 1.
    """
    log_cp_i, targets = _categorical(log_cp_i, targets)
    return float(-np.take_along_axis(log_cp_i, targets, -1).sum() / len(targets))


def categorical_reconstruction_loss_gradient(log_cp_i, targets) -> np.ndarray:
    """The gradient of `categorical_reconstruction_loss` at log_cp_i, whose entries count as independent."""
    log_cp_i, targets = _categorical(log_cp_i, targets)
    gradient = np.zeros_like(log_cp_i)
    np.put_along_axis(gradient, targets, -1 / len(targets), -1)
    return gradient


def bernoulli_negloglik(logits, targets) -> float:
    """The Bernoulli cross-entropy of targets in 0…1 (grey levels count as expectations), a mean over the batch."""
    logits, targets = alike(logits=logits, targets=targets)
    if targets.min() < 0 or targets.max() > 1:
        raise ValueError(f"targets reach from {targets.min():g} to {targets.max():g}; they have to lie in 0…1")
    return float(reconstruction_loss(targets, logits, "sigmoid").sum() / len(targets))


def bernoulli_negloglik_gradient(logits, targets) -> np.ndarray:
    """The gradient of `bernoulli_negloglik` at logits."""
    logits, targets = alike(logits=logits, targets=targets)
    return (sigmoid(logits) - targets) / len(targets)
