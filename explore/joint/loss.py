"""The loss of a joint model: the loss of its VAE, plus terms for the predictions from z and for the layers."""

import numpy as np

from varigate.explore.joint.decomposition import decompose
from varigate.explore.joint.features import FEATURES

__all__ = ["JointLoss"]


class JointLoss:
    """The loss on designs `labels` (n, parameters) × `conditions` (m, conditions); fits the model's scales to them.

    A `VAETrainer` of the model's VAE minimises it (see `model.vae.task`).

    Parameters
    ----------
    logs : float64 (n, m, targets)
        natural logarithms of the targets; NaN if a design was not evaluated.
    training : explore.joint.trainer.JointTrainingSettings
        the weights of the terms.
    """

    terms, measures = ("loss", "reconstruction", "kl", "predictors"), ()

    def __init__(self, model, labels, conditions, logs, training):
        self.model, self.training = model, training
        self.samples = model.codec.samples(labels)
        model.scales, deviation, of_layer = decompose(FEATURES[model.features](np.asarray(conditions)), logs)
        self.features = model.read(conditions).astype(np.float32)
        self.deviation, self.of_layer = deviation.astype(np.float32), of_layer.astype(np.float32)
        scale = model.scales.pair_scale  # relative: the weight of each target's error in the error of the objective
        self.share = (scale / np.sqrt((scale**2).mean())).astype(np.float32)
        if training.objective:
            self.share *= np.array(training.objective, np.float32)

    def _pair_term(self, rows, layers, noise, gradients, found):
        """The predictors' term of the VAE's loss: writes its gradients to `gradients` and its value to `found`."""
        model, weight, combined = self.model, self.training.predictors, self.training.combined
        features, wanted = self.features[layers] + noise, self.deviation[rows[:, None], layers]

        def further(mean, logvar, z):
            outputs, saved = model.pair.forward(model.parameters, z, features)
            error = np.where(np.isnan(wanted), np.float32(0), outputs - wanted)
            total = (error * self.share).sum(-1, keepdims=True)
            found["predictors"] = float((error**2).mean() + combined * (total**2).mean())
            delta = 2 * weight * (error / error.size + combined * self.share * total / total.size)
            at_z = model.pair.backward(model.parameters, saved, delta, gradients)
            return weight * found["predictors"], (0.0, 0.0, at_z)

        return further

    def _layer_term(self, layers, gradients) -> float:
        """The mean squared error of m and log s; writes its gradients to `gradients`."""
        outputs, saved = self.model.layer.forward(self.model.parameters, self.features[layers])
        error = outputs - self.of_layer[layers]
        self.model.layer.backward(self.model.parameters, saved, 2 * error / error.size, gradients)
        return float((error**2).mean())

    def __call__(self, rows, layers, epsilon, noise=0.0) -> tuple[np.ndarray, dict]:
        """Total loss, reconstruction, KL and the predictors' term of designs `rows` on `layers`, (4,), and the
        gradients of the total.

        epsilon: ε (rows, nz); noise (layers, columns): added to the features that d is predicted from.
        """
        training, gradients, found = self.training, {}, {}
        loss, of_vae = self.model.vae.loss(
            self.samples[rows], epsilon, beta=training.beta, gamma=training.gamma, alpha=training.alpha,
            n_data=len(self.samples), further=self._pair_term(rows, layers, noise, gradients, found))
        total = loss.total + self._layer_term(layers, gradients)
        return np.array([total, loss.reconstruction, loss.kl, found["predictors"]]), gradients | of_vae

    def loss(self, rows, rng, weights) -> tuple[np.ndarray, dict]:
        """The loss of designs `rows` on random layers, as in `__call__`. `weights` is ignored: `training` has them."""
        layers = rng.permutation(len(self.features))[:self.training.layers]
        epsilon = self.model.vae.noise(rng, len(rows))
        noise = self.training.jitter * rng.standard_normal((len(layers), self.features.shape[1]))
        return self(rows, layers, epsilon, noise)

    def measure(self, rng, weights) -> dict:
        """No measures besides the terms."""
        return {}
