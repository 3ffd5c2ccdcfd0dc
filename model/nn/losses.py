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
    """The reconstruction loss −log p(y|output) of each sample in nats: (…, n) for y and output (…, n, outputs).

    kind: `linear`, ½‖y − output‖², a normal distribution of variance 1 without its constant; `sigmoid`, the Bernoulli
    cross-entropy of grey levels y in 0…1, with `output` the logits.

    Examples
    --------
    >>> reconstruction_loss(np.array([[1.0, 2.0]]), np.array([[0.0, 0.0]]), "linear")
    array([2.5])
    """
    if kind == "sigmoid":
        return (softplus(output) - y * output).sum(-1)
    return 0.5 * ((y - output) ** 2).sum(-1)


def kl_divergence(mu, logvar) -> np.ndarray:
    """KL(N(μ, e^ℓ) ‖ N(0, 1)) of each sample in nats: (…, n) for mu and logvar (…, n, latent).

    Examples
    --------
    >>> kl_divergence(np.array([[1.0, 0.0]]), np.zeros((1, 2)))
    array([0.5])
    """
    return 0.5 * (mu**2 + np.exp(logvar) - logvar - 1).sum(-1)


def kl_divergence_gradient(mu, logvar) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of the sum of `kl_divergence` at mu and logvar, of their shape.

    Examples
    --------
    >>> [each.tolist() for each in kl_divergence_gradient(np.array([[1.0]]), np.array([[0.0]]))]
    [[[1.0]], [[0.0]]]
    """
    return mu, 0.5 * (np.exp(logvar) - 1)


def cross_entropy(scores, onehot) -> tuple[np.ndarray, np.ndarray]:
    """The cross-entropy −log softmax(scores)[class] of each sample in nats, and its gradient at the scores.

    scores and onehot are (…, n, classes), the entropies (…, n), the gradient is (…, n, classes).

    Examples
    --------
    >>> entropies, gradient = cross_entropy(np.array([[0.0, 0.0]]), np.array([[1.0, 0.0]]))
    >>> entropies.round(3), gradient
    (array([0.693]), array([[-0.5,  0.5]]))
    """
    shifted = scores - scores.max(-1, keepdims=True)
    log_total = np.log(np.exp(shifted).sum(-1, keepdims=True))
    return log_total[..., 0] - (shifted * onehot).sum(-1), np.exp(shifted - log_total) - onehot


def log_normal_pdf(mu, logvar, sample) -> np.ndarray:
    """The logarithm of the normal density N(sample; mu, e^logvar), elementwise.

    Parameters
    ----------
    mu, logvar, sample : arrays
        mean, logarithm of the variance, and the value; their shapes broadcast.

    Returns
    -------
    float64 array
        of the common shape, in nats.

    Raises
    ------
    ValueError
        for shapes that do not broadcast and values that are not finite.

    Examples
    --------
    >>> from varigate import log_normal_pdf
    >>> log_normal_pdf(mu=0.0, logvar=0.0, sample=[0.0, 1.0]).round(3)
    array([-0.919, -1.419])
    """
    mu, logvar, sample = (real_array(*each) for each in (("mu", mu), ("logvar", logvar), ("sample", sample)))
    try:
        distance = sample - mu
        return -0.5 * (distance**2 * np.exp(-logvar) + logvar + np.log(2 * np.pi))
    except ValueError as error:
        raise ValueError(f"mu, logvar and sample have shapes {mu.shape}, {logvar.shape} and {sample.shape}, "
                         "which do not broadcast") from error


def kl_standard_normal(mean, logvar) -> float:
    """The KL divergence of the posteriors from the prior, KL(N(mean, e^logvar) ‖ N(0, 1)), a mean over the batch.

    Parameters
    ----------
    mean, logvar : arrays (batch, latent)

    Returns
    -------
    float
        ½ Σ (mean² + e^logvar − logvar − 1) ÷ batch, in nats (D. Kingma and M. Welling, 2013, appendix B).

    Raises
    ------
    ValueError
        for shapes that differ and values that are not finite.

    Examples
    --------
    >>> from varigate import kl_standard_normal
    >>> kl_standard_normal(mean=[[1.0, 0.0], [0.0, 0.0]], logvar=[[0.0, 0.0], [0.0, 0.0]])
    0.25
    """
    mean, logvar = alike(mean=mean, logvar=logvar)
    return float(kl_divergence(mean, logvar).sum() / len(mean))


def kl_standard_normal_gradient(mean, logvar) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of `kl_standard_normal` at mean and logvar.

    Examples
    --------
    >>> [each.tolist() for each in kl_standard_normal_gradient([[1.0], [3.0]], [[0.0], [0.0]])]
    [[[0.5], [1.5]], [[0.0], [0.0]]]
    """
    mean, logvar = alike(mean=mean, logvar=logvar)
    return tuple(each / len(mean) for each in kl_divergence_gradient(mean, logvar))


def gaussian_negloglik(recon_mean, recon_logvar, targets, eps=1e-8) -> float:
    """The Gaussian reconstruction loss −log N(targets; recon_mean, e^recon_logvar + eps), a mean over the batch.

    Parameters
    ----------
    recon_mean, recon_logvar, targets : arrays (batch, …)
        of the same shape.
    eps : float
        a floor under the variance: without it, a density that fits one target exactly would be infinite.

    Returns
    -------
    float
        in nats, summed over all axes but the first.

    Raises
    ------
    ValueError
        for shapes that differ and values that are not finite.

    Examples
    --------
    >>> from varigate import gaussian_negloglik
    >>> round(gaussian_negloglik([[0.0, 0.0]], [[0.0, 0.0]], targets=[[1.0, 0.0]]), 3)
    2.338
    """
    recon_mean, recon_logvar, targets = alike(recon_mean=recon_mean, recon_logvar=recon_logvar, targets=targets)
    variance = np.exp(recon_logvar) + eps
    return float(0.5 * ((targets - recon_mean)**2 / variance + np.log(2 * np.pi * variance)).sum() / len(targets))


def gaussian_negloglik_gradient(recon_mean, recon_logvar, targets, eps=1e-8) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of `gaussian_negloglik` at recon_mean and recon_logvar.

    Examples
    --------
    >>> [each.round(3).tolist() for each in gaussian_negloglik_gradient([[0.0]], [[0.0]], targets=[[1.0]])]
    [[[-1.0]], [[0.0]]]
    """
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
    """The reconstruction loss of labels −Σ_i log p(x_i | …), a mean over the batch.

    Parameters
    ----------
    log_cp_i : array (batch, …, local_dimension)
        log-probabilities of each label, usually (batch, seq_len, local_dimension).
    targets : array of int (batch, …)
        the labels 0…local_dimension − 1.

    Returns
    -------
    float
        in nats, summed over the sites.

    Raises
    ------
    ValueError
        for shapes that do not belong together, labels out of range and values that are not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate import categorical_reconstruction_loss
    >>> log_cp = np.log([[[0.5, 0.5], [0.25, 0.75]]])  # one sample of two sites with two labels
    >>> round(categorical_reconstruction_loss(log_cp, [[0, 1]]), 3)  # −log(0.5 · 0.75)
    0.981
    """
    log_cp_i, targets = _categorical(log_cp_i, targets)
    return float(-np.take_along_axis(log_cp_i, targets, -1).sum() / len(targets))


def categorical_reconstruction_loss_gradient(log_cp_i, targets) -> np.ndarray:
    """The gradient of `categorical_reconstruction_loss` at log_cp_i, whose entries count as independent.

    Examples
    --------
    >>> categorical_reconstruction_loss_gradient(np.log([[[0.5, 0.5]]]), [[1]]).tolist()
    [[[0.0, -1.0]]]
    """
    log_cp_i, targets = _categorical(log_cp_i, targets)
    gradient = np.zeros_like(log_cp_i)
    np.put_along_axis(gradient, targets, -1 / len(targets), -1)
    return gradient


def bernoulli_negloglik(logits, targets) -> float:
    """The Bernoulli cross-entropy of bits or grey levels, a mean over the batch.

    Parameters
    ----------
    logits : array (batch, …)
        log(p ÷ (1 − p)) of each pixel's probability p.
    targets : array like logits
        in 0…1; a grey level counts as the expectation of a bit.

    Returns
    -------
    float
        in nats, summed over all axes but the first.

    Raises
    ------
    ValueError
        for shapes that differ, targets outside 0…1 and values that are not finite.

    Examples
    --------
    >>> from varigate import bernoulli_negloglik
    >>> round(bernoulli_negloglik(logits=[[0.0, 2.0]], targets=[[0.5, 1.0]]), 3)
    0.82
    """
    logits, targets = alike(logits=logits, targets=targets)
    if targets.min() < 0 or targets.max() > 1:
        raise ValueError(f"targets reach from {targets.min():g} to {targets.max():g}; they have to lie in 0…1")
    return float(reconstruction_loss(targets, logits, "sigmoid").sum() / len(targets))


def bernoulli_negloglik_gradient(logits, targets) -> np.ndarray:
    """The gradient of `bernoulli_negloglik` at logits.

    Examples
    --------
    >>> bernoulli_negloglik_gradient([[0.0]], [[1.0]]).tolist()
    [[-0.5]]
    """
    logits, targets = alike(logits=logits, targets=targets)
    return (sigmoid(logits) - targets) / len(targets)
