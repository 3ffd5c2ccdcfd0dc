"""Training of a `VAEmodel` on a `Dataset`."""

import numpy as np
from tqdm import tqdm

from varigate.model.checks import check_weight, check_whole
from varigate.model.nn import checkpoints
from varigate.model.nn.optimisers import AdaBelief
from varigate.model.vae.dataset import Dataset
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.views import Views

__all__ = ["VAETrainer"]

TERMS = ("loss", "reconstruction", "kl", "tc")  # as `model.vae.model.Loss` has them
VALIDATION_DRAWS = 4  # of ε for each held-out sample


class VAETrainer(Views):
    """Trains `model` on `dataset` with an optimiser of `model.nn.optimisers` (the class), and shows what came of it.

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
        super().__init__(model, dataset, {name: [] for name in (*TERMS, "beta", "validation")})
        self._make_optimizer, self.optimizer = optimizer, None
        self.epoch = 0
        self._checkpoint = None

    def _prepare(self, rng):
        if not self.model.parameters:
            self.model.initialise(rng)
        if self.optimizer is None or self.optimizer.parameters is not self.model.parameters:  # initialised anew
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
            check_weight("beta", weights["beta"])
            self._epoch(batch_size, rng, re_shuffle, weights)
            if printing_rate and self.epoch % printing_rate == 0:
                bar.set_postfix(loss=f"{self.history['loss'][-1]:.4f}")
            if self._checkpoint and self.epoch % self._checkpoint[1] == 0:
                self.save(self._checkpoint[0], rng)
        return self.history

    def _check(self, num_epochs, batch_size, learning_rate, gamma, alpha, printing_rate):
        check_whole("num_epochs", num_epochs, 0)
        check_whole("batch_size", batch_size, 1)
        check_whole("printing_rate", printing_rate, 0)
        if not 0 < learning_rate < np.inf:
            raise ValueError(f"learning_rate is {learning_rate}; a positive number is needed")
        check_weight("gamma", gamma)
        least = min(map(len, self._batches(self.dataset.training, batch_size)))
        if gamma and least < 2:
            raise ValueError(f"batch_size is {batch_size}, which leaves a batch of {least} of the "
                             f"{len(self.dataset.training)} training samples; the total correlation (gamma is {gamma}) "
                             "needs 2 at least")
        if not 0 <= alpha <= (self.dataset.data_type == "hybrid"):
            raise ValueError(f"alpha is {alpha}; it lies in 0…1 for hybrid data, and is 0 for {self.dataset.data_type}")

    def _loss(self, rows, rng, weights):
        """The `Loss` of some samples and its gradients, all finite."""
        x = self.dataset.samples[rows]
        epsilon = rng.standard_normal((len(x), self.model.latent))
        try:
            with np.errstate(all="ignore"):  # what is not finite is reported below
                terms, gradients = self.model.loss(x, epsilon, n_data=len(self.dataset.training), **weights)
            if not all(np.isfinite(each).all() for each in (terms.total, *gradients.values())):
                raise ValueError("the loss or its gradient is not finite")
        except ValueError as error:
            raise ValueError(f"training diverged in epoch {self.epoch} ({error}); take a smaller learning_rate"
                             ) from error
        return terms, gradients

    def _batches(self, rows, batch_size):
        return np.array_split(rows, -(-len(rows) // batch_size))

    def _epoch(self, batch_size, rng, re_shuffle, weights):
        data, sums = self.dataset, 0.0
        order = rng.permutation(data.training) if re_shuffle else data.training
        for rows in self._batches(order, batch_size):
            terms, gradients = self._loss(rows, rng, weights)
            self.optimizer.step(gradients)
            sums = sums + len(rows) / len(order) * np.array(terms)
        for name, value in zip(TERMS, sums, strict=True):
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
        check_whole("every", every, 1)
        self._checkpoint = (path, every) if path is not None else None

    def save(self, path, rng):
        """All that training goes on from, the state of `rng` included, to the file `path`."""
        self._prepare(rng)
        checkpoints.write(path, optimizer=self.optimizer, epoch=self.epoch, history=self.history, rng=rng)

    def restore(self, path) -> np.random.Generator:
        """Goes back to the checkpoint `path`; the generator that `train` has to be given to continue to the same bits.

        A `UserError` for a damaged file, or one of another model or optimiser.
        """
        self._prepare(np.random.default_rng(0))
        self.epoch, self.history, rng = checkpoints.read(path, optimizer=self.optimizer)
        return rng
