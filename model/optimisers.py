"""Adam (D. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2014)."""

import numpy as np

__all__ = ["Adam"]


class Adam:
    """Updates a dict of arrays in place.

    Parameters
    ----------
    parameters : dict of arrays
    rate : float
        the step size; `step` takes a factor on it, for schedules.
    decay : float
        decoupled weight decay on everything but biases (I. Loshchilov and F. Hutter, 2017).
    """

    def __init__(self, parameters: dict, rate: float = 1e-3, *, decay: float = 0.0, beta1: float = 0.9,
                 beta2: float = 0.999, tiny: float = 1e-8):
        self.parameters = parameters
        self.rate, self.decay, self.beta1, self.beta2, self.tiny = rate, decay, beta1, beta2, tiny
        self.mean = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.square = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.count = 0

    def step(self, gradients: dict, factor: float = 1.0):
        """One update with `gradients`, a dict like the parameters."""
        self.count += 1
        rate = factor * self.rate
        scale = rate * np.sqrt(1 - self.beta2**self.count) / (1 - self.beta1**self.count)
        for name, gradient in gradients.items():
            mean, square = self.mean[name], self.square[name]
            mean += (1 - self.beta1) * (gradient - mean)
            square += (1 - self.beta2) * (gradient * gradient - square)
            if self.decay and not name.endswith(".bias"):
                self.parameters[name] *= 1 - rate * self.decay
            self.parameters[name] -= scale * mean / (np.sqrt(square) + self.tiny)
