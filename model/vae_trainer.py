"""Training of a `VAEmodel` on a `Dataset`, and what one looks at afterwards."""

import numpy as np
from tqdm import tqdm

from model import checkpoints, representation, vae_plots
from model.optimisers import AdaBelief
from model.vae_data import Dataset
from model.vae_model import VAEmodel

__all__ = ["VAETrainer"]

VALIDATION_DRAWS = 4  # of ε for each held-out sample


class VAETrainer:
    """Trains `model` on `dataset` with an optimiser of `model.optimisers` (the class).

    Members
    -------
    epoch : int
        epochs trained so far, by all calls of `train` together.
    history : dict of lists
        one number an epoch: `loss`, `reconstruction`, `kl`, `tc` over the training samples while they were trained on,
        the `beta` of the epoch, and `validation`, reconstruction + β·KL of the held-out samples after it.
    """

    def __init__(self, model: VAEmodel, dataset: Dataset, optimizer=AdaBelief):
        if model.sites != dataset.sites:
            raise ValueError(f"dataset has {dataset.sites}, but model is made for {model.sites}")
        self.model, self.dataset = model, dataset
        self._make_optimizer, self.optimizer = optimizer, None
        self.epoch = 0
        self.history = {name: [] for name in ("loss", "reconstruction", "kl", "tc", "beta", "validation")}
        self._checkpoint = None

    def _prepare(self, rng):
        if not self.model.parameters:
            self.model.initialise(rng)
        if self.optimizer is None:
            self.optimizer = self._make_optimizer(self.model.parameters)

    def train(self, num_epochs, batch_size, rng, learning_rate=0.001, beta=1.0, gamma=0, alpha=0.0, printing_rate=1,
              re_shuffle=True) -> dict:
        """`num_epochs` more epochs with the loss reconstruction + β·KL + γ·TC; returns `history`.

        Parameters
        ----------
        num_epochs, batch_size : int
            an epoch takes every training sample once, in batches of equal size (to one sample), at most `batch_size`.
        rng : numpy.random.Generator
            draws the parameters where there are none yet, the order of samples and ε, and nothing else is random.
        learning_rate : float
            the optimiser's step size in this call.
        beta : float or function
            weight of the KL divergence; as a function, of the epoch's number (from 0, over all calls): a schedule.
        gamma : float
            weight of the total correlation, a minibatch-stratified estimate (see `TC_term` for its bias).
        alpha : float
            for hybrid data only: α·categorical + (1 − α)·gaussian. At 0 the labels are not learnt.
        printing_rate : int
            after how many epochs the progress bar (on standard error, at a terminal) shows the loss; 0: no bar.
        re_shuffle : bool
            a new order for every epoch, or the one of `dataset.training`.
        """
        self._check(num_epochs, batch_size, learning_rate, gamma, alpha, printing_rate)
        self._prepare(rng)
        self.optimizer.rate = learning_rate
        weights = {"gamma": gamma, "alpha": alpha}
        bar = tqdm(range(num_epochs), "training", disable=None if printing_rate else True, leave=False)
        for _ in bar:
            weights["beta"] = float(beta(self.epoch) if callable(beta) else beta)
            self._epoch(batch_size, rng, re_shuffle, weights)
            if printing_rate and self.epoch % printing_rate == 0:
                bar.set_postfix(loss=f"{self.history['loss'][-1]:.4f}")
            if self._checkpoint and self.epoch % self._checkpoint[1] == 0:
                self.save(self._checkpoint[0], rng)
        return self.history

    def _check(self, num_epochs, batch_size, learning_rate, gamma, alpha, printing_rate):
        for name, value, least in (("num_epochs", num_epochs, 0), ("batch_size", batch_size, 1),
                                   ("printing_rate", printing_rate, 0)):
            if not isinstance(value, (int, np.integer)) or value < least:
                raise ValueError(f"{name} is {value!r}; a whole number of at least {least} is needed")
        if not 0 < learning_rate < np.inf:
            raise ValueError(f"learning_rate is {learning_rate}; a positive number is needed")
        if not 0 <= gamma < np.inf:
            raise ValueError(f"gamma is {gamma}; a number of at least 0 is needed")
        if not 0 <= alpha <= (self.dataset.data_type == "hybrid"):
            raise ValueError(f"alpha is {alpha}; it lies in 0…1 for hybrid data, and is 0 for {self.dataset.data_type}")

    def _loss(self, rows, rng, weights):
        """The `Loss` of some samples and its gradients."""
        x = self.dataset.samples[rows]
        epsilon = rng.standard_normal((len(x), self.model.latent))
        try:
            with np.errstate(all="ignore"):  # what is not finite is reported below
                return self.model.loss(x, epsilon, n_data=len(self.dataset.training), **weights)
        except ValueError as error:
            raise ValueError(f"training diverged in epoch {self.epoch} ({error}); take a smaller learning_rate"
                             ) from error

    def _batches(self, rows, batch_size):
        return np.array_split(rows, -(-len(rows) // batch_size))

    def _epoch(self, batch_size, rng, re_shuffle, weights):
        data, sums = self.dataset, 0.0
        order = rng.permutation(data.training) if re_shuffle else data.training
        for rows in self._batches(order, batch_size):
            terms, gradients = self._loss(rows, rng, weights)
            self.optimizer.step(gradients)
            sums = sums + len(rows) / len(order) * np.array(terms)
        for name, value in zip(("loss", "reconstruction", "kl", "tc"), sums, strict=True):
            self.history[name].append(float(value))
        self.history["beta"].append(weights["beta"])
        if len(data.held_out):
            fixed = np.random.default_rng(0)  # the same ε in every epoch, so that epochs compare
            several = np.tile(data.held_out, VALIDATION_DRAWS)
            self.history["validation"].append(sum(
                len(rows) / len(several) * self._loss(rows, fixed, weights | {"gamma": 0})[0].total
                for rows in self._batches(several, max(batch_size, 256))))
        self.epoch += 1

    def checkpoint_to(self, path, every: int = 1):
        """From now on, `train` writes a checkpoint to `path` after every so many epochs; None ends it."""
        self._checkpoint = (path, every) if path is not None else None

    def save(self, path, rng):
        """All that training goes on from, the state of `rng` included, to the file `path`."""
        self._prepare(rng)
        checkpoints.write(path, parameters=self.model.parameters, optimizer=self.optimizer, epoch=self.epoch,
                          history=self.history, rng=rng)

    def restore(self, path) -> np.random.Generator:
        """Goes back to the checkpoint `path`; the generator that `train` has to be given to continue to the same bits.

        A `UserError` for a damaged file, or one of another model or optimiser.
        """
        self._prepare(np.random.default_rng(0))
        self.epoch, self.history, rng = checkpoints.read(path, parameters=self.model.parameters,
                                                         optimizer=self.optimizer)
        return rng

    def compute_repr2d(self, theta_pair=(1, 0), values_other_thetas=(), return_latvar=False):
        """Maps of mean |μ|, see `model.representation.compute_repr2d`."""
        return representation.compute_repr2d(self.model, self.dataset, theta_pair, values_other_thetas, return_latvar)

    def plot_repr2d(self, latvar=None, theta_pair=(1, 0), subplot=True):
        """Maps as a figure or several, see `model.vae_plots.plot_repr2d`."""
        return vae_plots.plot_repr2d(self.model, self.dataset, latvar, theta_pair, subplot)

    def plot_training(self, num_epochs):
        """The losses of the last `num_epochs` epochs as a `matplotlib.figure.Figure`."""
        return vae_plots.plot_training(self.history, num_epochs)

    def get_data(self) -> dict:
        """`data` and `thetas` as they were given, `mean` and `logvar` (*grid, samples, latent), and the `history`."""
        data = self.dataset
        mean, logvar = self.model.encode(data.samples)
        given = data.unpack(data.samples)
        given = tuple(map(data.on_grid, given)) if data.data_type == "hybrid" else data.on_grid(given)
        return {"data": given, "thetas": data.thetas, "mean": data.on_grid(mean),
                "logvar": data.on_grid(logvar), "history": self.history}

    def reconstruct_sample(self, input_samples, rng):
        """Samples drawn from p(x|z) with z drawn from q(z|input_samples), as the data set's type has them."""
        x = self.dataset.pack("input_samples", input_samples)
        z = self.model(x, rng).z
        return self.dataset.unpack(self.model.decoder.sample(self.model.part("decoder"), z, rng))

    def get_cp(self, input_samples):
        """cp of the samples, see `model.vae_model.Output`, at the posterior's mean z = μ."""
        x = self.dataset.pack("input_samples", input_samples)
        return self.model.decode(self.model.encode(x)[0], x)
