"""Optimisers: each updates a dict of arrays in place by `step(gradients)`, at the step size `rate`.

`MOMENTS` names the dicts of arrays that an optimiser remembers beside `count`, the number of its steps.
"""

import math

import numpy as np

__all__ = ["SGD", "AdaBelief", "Adam"]


class Adam:
    """The optimiser Adam (D. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2014).

    Parameters
    ----------
    parameters : dict of arrays
        updated in place by `step`.
    rate : float
        the step size, which may be changed between steps.
    decay : float
        decoupled weight decay on everything but biases (I. Loshchilov and F. Hutter, 2017).
    beta1, beta2 : float
        decay of the running means of gradient and squared gradient, from 0 to less than 1.
    tiny : float
        keeps the divisor from zero.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate import Adam
    >>> parameters = {"x": np.array([4.0])}
    >>> optimiser = Adam(parameters, rate=0.1)
    >>> for _ in range(300):
    ...     optimiser.step({"x": 2 * parameters["x"]})  # the gradient of x²
    >>> bool(abs(parameters["x"][0]) < 0.01)
    True
    """

    MOMENTS = ("mean", "square")

    def __init__(self, parameters: dict, rate: float = 1e-3, *, decay: float = 0.0, beta1: float = 0.9,
                 beta2: float = 0.999, tiny: float = 1e-8):
        self.parameters = parameters
        self.rate, self.decay, self.beta1, self.beta2, self.tiny = rate, decay, beta1, beta2, tiny
        self.mean = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.square = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.count = 0

    def step(self, gradients: dict):
        """One update with `gradients`, a dict like the parameters."""
        self.count += 1
        scale = self.rate * math.sqrt(1 - self.beta2**self.count) / (1 - self.beta1**self.count)
        for name, gradient in gradients.items():
            mean, square = self.mean[name], self.square[name]
            mean += (1 - self.beta1) * (gradient - mean)
            square += (1 - self.beta2) * (gradient * gradient - square)
            if self.decay and not name.endswith(".bias"):
                self.parameters[name] *= 1 - self.rate * self.decay
            self.parameters[name] -= scale * mean / (np.sqrt(square) + self.tiny)


class AdaBelief:
    """The optimiser AdaBelief (J. Zhuang et al., 2020): steps are large where gradients are as expected.

        m ← β₁·m + (1 − β₁)·g;  s ← β₂·s + (1 − β₂)·(g − m)² + tiny
        parameter ← parameter − rate · m/(1 − β₁ᵗ) / (√(s/(1 − β₂ᵗ)) + tiny)

    Parameters
    ----------
    parameters : dict of arrays
        updated in place by `step`.
    rate : float
        the step size, which may be changed between steps.
    beta1, beta2 : float
        decay of the running means m and s, from 0 to less than 1.
    tiny : float
        keeps the divisor from zero.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate import AdaBelief
    >>> parameters = {"x": np.array([4.0])}
    >>> optimiser = AdaBelief(parameters, rate=0.1)
    >>> for _ in range(300):
    ...     optimiser.step({"x": 2 * parameters["x"]})  # the gradient of x²
    >>> bool(abs(parameters["x"][0]) < 0.01)
    True
    """

    MOMENTS = ("mean", "variance")

    def __init__(self, parameters: dict, rate: float = 1e-3, *, beta1: float = 0.9, beta2: float = 0.999,
                 tiny: float = 1e-16):
        self.parameters = parameters
        self.rate, self.beta1, self.beta2, self.tiny = rate, beta1, beta2, tiny
        self.mean = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.variance = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.count = 0

    def step(self, gradients: dict):
        """One update with `gradients`, a dict like the parameters."""
        self.count += 1
        first, second = 1 - self.beta1**self.count, 1 - self.beta2**self.count
        for name, gradient in gradients.items():
            mean, variance = self.mean[name], self.variance[name]
            mean += (1 - self.beta1) * (gradient - mean)
            variance += (1 - self.beta2) * ((gradient - mean)**2 - variance) + self.tiny
            self.parameters[name] -= self.rate / first * mean / (np.sqrt(variance / second) + self.tiny)


class SGD:
    """Stochastic gradient descent with momentum: v ← momentum·v + g;  parameter ← parameter − rate·v.

    Parameters
    ----------
    parameters : dict of arrays
        updated in place by `step`.
    rate : float
        the step size, which may be changed between steps.
    momentum : float
        share of the last step that is kept, from 0 to less than 1.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate import SGD
    >>> parameters = {"x": np.array([4.0])}
    >>> optimiser = SGD(parameters, rate=0.1)
    >>> for _ in range(300):
    ...     optimiser.step({"x": 2 * parameters["x"]})  # the gradient of x²
    >>> bool(abs(parameters["x"][0]) < 0.01)
    True
    """

    MOMENTS = ("velocity",)

    def __init__(self, parameters: dict, rate: float = 1e-3, *, momentum: float = 0.9):
        self.parameters, self.rate, self.momentum = parameters, rate, momentum
        self.velocity = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.count = 0

    def step(self, gradients: dict):
        """One update with `gradients`, a dict like the parameters."""
        self.count += 1
        for name, gradient in gradients.items():
            velocity = self.velocity[name]
            velocity *= self.momentum
            velocity += gradient
            self.parameters[name] -= self.rate * velocity
