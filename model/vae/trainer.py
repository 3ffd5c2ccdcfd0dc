"""Training of a `VAEmodel`: the one loop, for the library's data, tables, images and whatever is given as a task."""

import numpy as np
from threadpoolctl import threadpool_limits

from varigate.model.checks import check_weight, check_whole
from varigate.model.errors import UserError
from varigate.model.nn import checkpoints
from varigate.model.nn.optimisers import AdaBelief
from varigate.model.progress import track
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.samples import Samples
from varigate.model.vae.task import DatasetTask
from varigate.model.vae.views import Views

__all__ = ["DivergenceError", "VAETrainer", "cosine"]


class DivergenceError(UserError, ValueError):
    """The loss, a gradient or a measured value is not finite: training diverged."""


def cosine(rate: float, epochs: int):
    """A learning-rate schedule that falls from `rate` to zero along half a cosine within `epochs` epochs.

    Returns a function of the epoch's number, from 0, as `VAETrainer.train` takes it.

    Examples
    --------
    >>> cosine(0.1, 100)(50)
    0.05
    """
    return lambda epoch: float(0.5 * (1 + np.cos(np.pi * epoch / epochs))) * rate


class VAETrainer(Views):
    """Trains a `VAEmodel` on a data set, keeps the history, writes checkpoints, and shows the results.

    Parameters
    ----------
    model : VAEmodel
        its parameters are updated in place; they are drawn by the first `train` if there are none yet.
    dataset : Dataset, Samples or SampleSets
        of the same `sites` as the model.
    optimizer : class
        `AdaBelief`, `Adam`, `SGD`, or any function that makes such an optimiser from a dict of parameters.
    task : object, optional
        another loss than the model's on the data set; see `model.vae.task`.
    threads : int or None
        threads of the linear algebra, None for no limit. One is the fastest for small models, and gives the same bits
        on machines of one kind.

    Members
    -------
    epoch : int
        epochs trained so far, by all calls of `train` together.
    history : dict of lists
        one number an epoch: `loss`, `reconstruction`, `kl`, `tc`, `cross_entropy` over the training samples while they
        were trained on, the `beta` of the epoch, and `validation`, reconstruction + β·KL of the held-out samples after
        it; of networks side by side their means. A task has numbers of its own.
    bar : dict
        the `text` of the progress bar, and where it is `shown`: None at a terminal only; True in a log, too, as a line
        at the start and one at the end; False nowhere.

    Raises
    ------
    ValueError
        where the data set and the model have different sites, and for arguments of `train` out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate import Adam, Dataset, DenseDecoder, DenseEncoder, VAEmodel, VAETrainer
    >>> rng = np.random.default_rng(0)
    >>> data = Dataset(np.repeat(rng.integers(0, 2, (200, 1)), 6, axis=1), validation=0.2)  # all up, or all down
    >>> model = VAEmodel(DenseEncoder(data.sites, (8,)), DenseDecoder(data.sites, (8,)))
    >>> trainer = VAETrainer(model, data, Adam)
    >>> history = trainer.train(num_epochs=20, batch_size=16, rng=rng, learning_rate=0.01)
    >>> len(history["loss"]), history["validation"][-1] < history["validation"][0] / 2
    (20, True)
    >>> trainer.reconstruct_sample([[1, 1, 1, 1, 1, 1]], rng)
    array([[1, 1, 1, 1, 1, 1]])
    """

    def __init__(self, model: VAEmodel, dataset: Samples, optimizer=AdaBelief, task=None, threads: int | None = 1):
        if model.sites != dataset.sites:
            raise ValueError(f"dataset has {dataset.sites}, but model is made for {model.sites}")
        self.task, self.threads = task or DatasetTask(model, dataset), threads
        super().__init__(model, dataset, {name: [] for name in (*self.task.terms, "beta", *self.task.measures)})
        self._make_optimizer, self.optimizer = optimizer, None
        self.epoch = 0
        self.bar = {"text": "training", "shown": None}
        self._checkpoint, self._identity = None, None

    def _prepare(self, rng):
        if not self.model.parameters:
            self.model.initialise(rng)
        if self.optimizer is None or self.optimizer.parameters is not self.model.parameters:  # initialised anew
            self.optimizer = self._make_optimizer(self.model.parameters)

    def train(self, num_epochs, batch_size, rng, learning_rate=0.001, beta=1.0, gamma=0, alpha=0.0, printing_rate=1,
              re_shuffle=True, class_weight=1.0) -> dict:
        """Train for `num_epochs` more epochs; the loss is reconstruction + β·KL + γ·TC + class_weight·cross-entropy.

        Parameters
        ----------
        num_epochs, batch_size : int
            an epoch takes every training sample once, in batches of equal size (to one sample), at most `batch_size`;
            `Samples` may have whole batches in place of that.
        rng : numpy.random.Generator
            draws the parameters where there are none yet, the order of samples and ε, and nothing else is random. Or a
            function of the epoch's number (from 0, over all calls) that makes the generator of that epoch; or, for
            networks side by side, a list of generators.
        learning_rate : float or function
            the optimiser's step size in this call; as a function, of the epoch's number: a schedule, such as `cosine`.
        beta : float or function
            weight of the KL divergence; as a function, of the epoch's number: a schedule.
        gamma : float
            weight of the total correlation, a minibatch-stratified estimate (see `TC_term` for its bias).
        alpha : float
            for hybrid data only: α·categorical + (1 − α)·gaussian. At 0 the labels are not learnt.
        printing_rate : int
            after how many epochs the progress bar (on standard error, at a terminal) shows the loss; 0: no bar.
        re_shuffle : bool
            a new order for every epoch, or the one of `dataset.training`.
        class_weight : float
            weight of the cross-entropy of a model with a head.

        Returns
        -------
        dict of lists
            the `history` of all epochs so far.

        Raises
        ------
        ValueError
            for an argument out of range, which is named.
        DivergenceError
            a `UserError` and `ValueError`: the loss or its gradient is not finite. The parameters still are.
        """
        def at_epoch(value):
            return value(self.epoch) if callable(value) else value

        self._check(num_epochs, batch_size, gamma, alpha, printing_rate, class_weight)
        self._prepare(at_epoch(rng))
        weights = {"gamma": gamma, "alpha": alpha, "class_weight": class_weight}
        bar = {"total": num_epochs, "unit": "epoch"} | self.bar | ({} if printing_rate else {"shown": False})
        with threadpool_limits(self.threads), track(**bar) as work:
            for _ in range(num_epochs):
                draws, rate, weights["beta"] = at_epoch(rng), at_epoch(learning_rate), float(at_epoch(beta))
                check_weight("beta", weights["beta"])
                if not 0 < rate < np.inf:
                    raise ValueError(f"learning_rate is {rate}; a positive number is needed")
                self.optimizer.rate = rate
                self._epoch(batch_size, draws, re_shuffle, weights)
                if printing_rate and self.epoch % printing_rate == 0:
                    work.note(**{name: self.history[name][-1] for name in ("loss", *self.task.measures)
                                 if self.history[name]})
                if self._checkpoint and self.epoch % self._checkpoint[1] == 0:
                    self.save(self._checkpoint[0], draws)
                work.update()
        return self.history

    def _check(self, num_epochs, batch_size, gamma, alpha, printing_rate, class_weight):
        check_whole("num_epochs", num_epochs, 0)
        check_whole("batch_size", batch_size, 1)
        check_whole("printing_rate", printing_rate, 0)
        check_weight("gamma", gamma)
        check_weight("class_weight", class_weight)
        if gamma and (least := self.dataset.smallest_batch(batch_size)) < 2:
            raise ValueError(f"batch_size is {batch_size}, which leaves a batch of {least} of the "
                             f"{len(self.dataset.training)} training samples; the total correlation (gamma is {gamma}) "
                             "needs 2 at least")
        if not 0 <= alpha <= (self.dataset.data_type == "hybrid"):
            raise ValueError(f"alpha is {alpha}; it lies in 0…1 for hybrid data, and is 0 for {self.dataset.data_type}")

    def _step(self, rows, rng, weights) -> np.ndarray:
        """Take one step on a batch; returns the terms of its loss."""
        terms, gradients = self.task.loss(rows, rng, weights)
        if not all(np.isfinite(each).all() for each in (*terms, *gradients.values())):
            raise ValueError("the loss or its gradient is not finite")
        self.optimizer.step(gradients)
        return np.array([np.mean(each) for each in terms], np.float64)

    def _epoch(self, batch_size, rng, re_shuffle, weights):
        batches = self.dataset.batches(rng, batch_size, re_shuffle)
        samples, sums = sum(rows.shape[-1] for rows in batches), 0.0
        try:
            with np.errstate(all="ignore"):  # what is not finite is reported below
                for rows in batches:
                    sums = sums + rows.shape[-1] / samples * self._step(rows, rng, weights)
                found = dict(zip(self.task.terms, map(float, sums), strict=True)) | {"beta": weights["beta"]}
                found |= {name: float(value) for name, value in self.task.measure(rng, weights).items()}
            if not np.isfinite(list(found.values())).all():
                raise ValueError("a measured value is not finite")
        except ValueError as error:
            raise DivergenceError(f"training diverged in epoch {self.epoch} ({error}); take a smaller learning_rate, "
                                  "on the command line a smaller --rate") from error
        for name, value in found.items():
            self.history[name].append(value)
        self.epoch += 1

    def checkpoint_to(self, path, every: int = 1, identity: dict | None = None):
        """Make `train` write a checkpoint to `path` after every `every` epochs; the path None stops that.

        identity: settings that belong to the run, as a dict that JSON can hold; `restore` refuses the checkpoint of a
        run with other ones.
        """
        check_whole("every", every, 1)
        self._checkpoint, self._identity = (path, every) if path is not None else None, identity

    def save(self, path, rng):
        """Write a checkpoint to the file `path`: parameters, optimiser, epoch, history and the state of `rng`."""
        if isinstance(rng, (list, tuple)):
            raise ValueError(f"rng is a list of {len(rng)}; networks side by side leave no checkpoints")
        self._prepare(rng)
        checkpoints.write(path, optimizer=self.optimizer, epoch=self.epoch, history=self.history, rng=rng,
                          identity=self._identity)

    def restore(self, path) -> np.random.Generator:
        """Go back to the checkpoint `path`; returns the generator with which `train` continues to the same bits.

        Raises
        ------
        UserError
            for a damaged file, or one of another run, model or optimiser.
        """
        self._prepare(np.random.default_rng(0))
        self.epoch, self.history, rng = checkpoints.read(path, optimizer=self.optimizer, identity=self._identity)
        return rng
