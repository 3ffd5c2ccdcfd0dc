"""The terms of a VAE's loss, per sample, in nats. Leading axes are kept."""

import numpy as np

from model.activations import softplus

__all__ = ["cross_entropy", "kl_divergence", "reconstruction_loss"]


def reconstruction_loss(y, output, kind: str) -> np.ndarray:
    """−log p(y|output) of each sample, (…, n); `output` holds logits when `kind` is `sigmoid`."""
    if kind == "sigmoid":
        return (softplus(output) - y * output).sum(-1)
    return 0.5 * ((y - output) ** 2).sum(-1)


def kl_divergence(mu, logvar) -> np.ndarray:
    """KL(N(μ, e^ℓ) ‖ N(0, 1)) of each sample in nats, (…, n)."""
    return 0.5 * (mu**2 + np.exp(logvar) - logvar - 1).sum(-1)


def cross_entropy(scores, onehot) -> tuple[np.ndarray, np.ndarray]:
    """−log softmax(scores)[class] (…, n) for scores and onehot (…, n, classes), and its gradient at the scores."""
    shifted = scores - scores.max(-1, keepdims=True)
    log_total = np.log(np.exp(shifted).sum(-1, keepdims=True))
    return log_total[..., 0] - (shifted * onehot).sum(-1), np.exp(shifted - log_total) - onehot
