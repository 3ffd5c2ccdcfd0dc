"""Results after training: maps of the latent space, the course of the losses, data beside their reconstruction."""

from varigate.model.vae import maps, representation
from varigate.model.vae.dataset import Dataset
from varigate.model.vae.model import VAEmodel

__all__ = ["Views"]


class Views:
    """The results of a model on a data set: maps, figures, latents, reconstructions. `VAETrainer` inherits them.

    Parameters
    ----------
    model : VAEmodel
        with parameters.
    dataset : Dataset
    history : dict of lists
        one number an epoch, as `VAETrainer.train` returns it.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate import DenseDecoder, DenseEncoder
    >>> rng = np.random.default_rng(0)
    >>> data = Dataset(rng.integers(0, 2, (3, 4, 10, 6)), thetas=[[0, 1, 2], [0, 1, 2, 3]])
    >>> model = VAEmodel(DenseEncoder(data.sites), DenseDecoder(data.sites)).initialise(rng)
    >>> views = Views(model, data, {"loss": [4.1]})
    >>> views.get_data()["mean"].shape, views.get_cp([[0, 1, 0, 1, 0, 1]]).shape
    ((3, 4, 10, 2), (1, 6, 2))
    """

    def __init__(self, model: VAEmodel, dataset: Dataset, history: dict):
        self.model, self.dataset, self.history = model, dataset, history

    def compute_repr2d(self, theta_pair=(1, 0), values_other_thetas=(), return_latvar=False):
        """Map each latent over two parameters: the function `compute_repr2d` with this model and data set."""
        return representation.compute_repr2d(self.model, self.dataset, theta_pair, values_other_thetas, return_latvar)

    def plot_repr2d(self, latvar=None, theta_pair=(1, 0), subplot=True):
        """Draw maps of the latents: the function `plot_repr2d` with this model and data set."""
        return maps.plot_repr2d(self.model, self.dataset, latvar, theta_pair, subplot)

    def plot_training(self, num_epochs):
        """Draw the losses of the last `num_epochs` epochs: the function `plot_training` with this history."""
        return maps.plot_training(self.history, num_epochs)

    def get_data(self) -> dict:
        """A dict of `data` and `thetas` as given, `mean` and `logvar` (*grid, samples, latent), and the `history`."""
        data = self.dataset
        mean, logvar = self.model.encode(data.samples)
        given = data.unpack(data.samples)
        given = tuple(map(data.on_grid, given)) if data.data_type == "hybrid" else data.on_grid(given)
        return {"data": given, "thetas": data.thetas, "mean": data.on_grid(mean),
                "logvar": data.on_grid(logvar), "history": self.history}

    def reconstruct_sample(self, input_samples, rng):
        """Reconstruct samples (batch, seq_len): draw z from q(z|input_samples), then samples from p(x|z).

        For hybrid data, samples are the pair (labels, values).
        """
        x = self.dataset.pack("input_samples", input_samples)
        z = self.model(x, rng).z
        return self.dataset.unpack(self.model.decoder.sample(self.model.part("decoder"), z, rng))

    def get_cp(self, input_samples):
        """The parameters cp of p(x|z), see `VAEmodel`, for samples (batch, seq_len) at their mean z = μ."""
        x = self.dataset.pack("input_samples", input_samples)
        return self.model.decode(self.model.encode(x)[0], x)
